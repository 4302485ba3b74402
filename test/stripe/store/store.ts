import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type Stripe from 'stripe';
import type { DraftPlan } from '../billing/invoice-parts.ts';
import type { UsageEvent } from '../billing/usage.ts';
import type { KeptAnswer } from '../http/idempotency.ts';
import type { ThinEvent } from '../webhooks/thin.ts';

/** Where webhooks go; thin destinations get notifications, others snapshots. */
export interface Endpoint {
  id: string;
  created: number;
  url: string;
  secret: string;
  events: string[];
  thin: boolean;
  name: string;
  metadata: Record<string, string>;
}

/** Things are kept in the form in which the API tells them; what Stripe does not tell has forms of its own. */
export interface Kinds {
  customer: Stripe.Customer;
  product: Stripe.Product;
  price: Stripe.Price;
  meter: Stripe.Billing.Meter;
  usage: UsageEvent;
  'payment method': Stripe.PaymentMethod;
  subscription: Stripe.Subscription;
  invoice: Stripe.Invoice;
  draft: DraftPlan;
  'invoice item': Stripe.InvoiceItem;
  payment: Stripe.InvoicePayment;
  'payment intent': Stripe.PaymentIntent;
  'credit note': Stripe.CreditNote;
  refund: Stripe.Refund;
  'checkout session': Stripe.Checkout.Session;
  'checkout order': { id: string; parameters: Stripe.Checkout.SessionCreateParams };
  'portal configuration': Stripe.BillingPortal.Configuration;
  'portal session': Stripe.BillingPortal.Session;
  'test clock': Stripe.TestHelpers.TestClock;
  event: Stripe.Event;
  'thin event': ThinEvent;
  endpoint: Endpoint;
  answer: KeptAnswer;
  /** How far the stand-in's own clock is from the machine's. */
  setting: { id: string; value: number };
}
export type Kind = keyof Kinds;

type Row = [kind: Kind, id: string, value: unknown];

/**
 * Everything the account holds, in memory, and behind it a journal with one line for each request. A line
 * is written before the request is answered, so a start after `kill -9` finds what was told.
 */
export class Store {
  private readonly rows = new Map<Kind, Map<string, Kinds[Kind]>>();
  private readonly changed = new Map<string, [Kind, string]>();
  private file: number | null = null;

  /** Null keeps nothing. */
  constructor(folder: string | null) {
    if (folder === null) return;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'journal.jsonl');
    this.read(path);
    this.compact(path);
    this.file = openSync(path, 'a');
  }

  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.rows.get(kind)?.get(id) as Kinds[K] | undefined;
  }

  /** In the order in which they came. */
  all<K extends Kind>(kind: K): Array<Kinds[K]> {
    return [...(this.rows.get(kind)?.values() ?? [])] as Array<Kinds[K]>;
  }

  put<K extends Kind>(kind: K, value: Kinds[K]): Kinds[K] {
    this.of(kind).set(value.id, value);
    this.changed.set(`${kind}/${value.id}`, [kind, value.id]);
    return value;
  }

  remove(kind: Kind, id: string): void {
    this.of(kind).delete(id);
    this.changed.set(`${kind}/${id}`, [kind, id]);
  }

  /** Writes what changed since the last time as one line: all of it is found again, or none. */
  commit(): void {
    if (this.changed.size === 0) return;
    const rows: Row[] = [...this.changed.values()].map(([kind, id]) => [
      kind,
      id,
      this.get(kind, id) ?? null,
    ]);
    this.changed.clear();
    if (this.file !== null) writeSync(this.file, `${JSON.stringify(rows)}\n`);
  }

  close(): void {
    this.commit();
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private of(kind: Kind): Map<string, Kinds[Kind]> {
    let rows = this.rows.get(kind);
    if (!rows) {
      rows = new Map();
      this.rows.set(kind, rows);
    }
    return rows;
  }

  private read(path: string): void {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw err;
    }
    const lines = text.split('\n');
    // What follows the last line break was cut off while it was written, and so never answered.
    for (const line of lines.slice(0, -1)) {
      for (const [kind, id, value] of JSON.parse(line) as Row[]) {
        if (value === null) this.of(kind).delete(id);
        else this.of(kind).set(id, value as Kinds[Kind]);
      }
    }
  }

  private compact(path: string): void {
    const fresh = openSync(`${path}.new`, 'w');
    for (const [kind, rows] of this.rows) {
      for (const [id, value] of rows) {
        writeSync(fresh, `${JSON.stringify([[kind, id, value]])}\n`);
      }
    }
    closeSync(fresh);
    renameSync(`${path}.new`, path);
  }
}
