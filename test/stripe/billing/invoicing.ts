import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid } from '../http/failures.ts';
import { newId } from '../store/ids.ts';
import { collect } from './collect.ts';
import { type DraftPlan, linesOf } from './invoice-parts.ts';
import { settle } from './settle.ts';

/** Draft invoices finalise by themselves so long after they were made. */
export const draftSeconds = 3600;

/** Makes a draft with what waits for the customer's next invoice on it. */
export function makeDraft(
  account: Account,
  options: {
    customer: string;
    currency: string;
    reason: Stripe.Invoice.BillingReason;
    subscription: Stripe.Subscription | null;
    spans: DraftPlan['spans'];
    period: { start: number; end: number };
    autoAdvance: boolean;
    takePending: boolean;
    given?: Partial<Stripe.Invoice>;
  },
): Stripe.Invoice {
  const { customer, subscription } = options;
  const now = account.now(customer);
  const invoice = blankInvoice(account, newId('in'), options);
  const plan: DraftPlan = {
    id: invoice.id,
    subscription: subscription?.id ?? null,
    spans: options.spans,
  };
  invoice.auto_advance = options.autoAdvance;
  invoice.automatically_finalizes_at = options.autoAdvance ? now + draftSeconds : null;
  Object.assign(invoice, options.given);
  account.store.put('draft', plan);
  account.store.put('invoice', invoice);
  if (options.takePending) {
    for (const item of account.store.all('invoice item')) {
      const waits =
        item.customer === customer &&
        item.invoice === null &&
        item.currency === options.currency &&
        (subscriptionOf(item) === null || subscriptionOf(item) === subscription?.id);
      if (!waits) continue;
      item.invoice = invoice.id;
      account.store.put('invoice item', item);
    }
  }
  refreshDraft(account, invoice);
  account.tell('invoice.created', invoice, customer);
  return invoice;
}

/** Makes a draft's lines and sums anew, as the meters stand and as far as they are seen. */
export function refreshDraft(account: Account, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status !== 'draft') return invoice;
  const plan = account.store.get('draft', invoice.id)!;
  const items = account.store.all('invoice item').filter((it) => it.invoice === invoice.id);
  putLines(account, invoice, plan, items);
  account.store.put('invoice', invoice);
  return invoice;
}

/** What the next invoice of a subscription would be if its period ended with what is known now. */
export function previewOf(
  account: Account,
  subscription: Stripe.Subscription,
  spans: DraftPlan['spans'],
  period: { start: number; end: number },
): Stripe.Invoice {
  const customer = String(subscription.customer);
  const invoice = blankInvoice(account, newId('upcoming_in'), {
    customer,
    currency: subscription.currency,
    reason: 'upcoming',
    subscription,
    period,
  });
  invoice.created = period.end;
  const items = account.store
    .all('invoice item')
    .filter((it) => it.customer === customer && it.invoice === null);
  putLines(account, invoice, { id: invoice.id, subscription: subscription.id, spans }, items);
  return invoice;
}

/** A draft becomes what is owed; from here on nothing on it changes. */
export function finalize(account: Account, invoice: Stripe.Invoice, advance: boolean): void {
  if (invoice.status !== 'draft') {
    throw invalid(
      `This invoice is already finalized, you can't re-finalize a non-draft invoice.`,
      undefined,
      'invoice_not_editable',
    );
  }
  refreshDraft(account, invoice);
  const customer = account.store.get('customer', String(invoice.customer))!;
  const now = account.now(customer.id);
  const sequence = customer.next_invoice_sequence ?? 1;
  customer.next_invoice_sequence = sequence + 1;
  customer.currency ??= invoice.currency;
  invoice.number = `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`;
  invoice.status = 'open';
  invoice.auto_advance = advance;
  invoice.automatically_finalizes_at = null;
  invoice.effective_at = now;
  invoice.status_transitions.finalized_at = now;
  invoice.due_date ??= null;
  invoice.hosted_invoice_url = `${account.base}/i/${invoice.id}`;
  invoice.invoice_pdf = `${account.base}/i/${invoice.id}/pdf`;
  // What an earlier invoice was in credit pays this one first; what this one is in credit waits.
  invoice.starting_balance = customer.balance;
  const due = invoice.total + customer.balance;
  invoice.ending_balance = Math.min(0, due);
  invoice.amount_due = Math.max(0, due);
  invoice.amount_remaining = invoice.amount_due;
  customer.balance = invoice.ending_balance;
  account.store.put('customer', customer);
  account.store.remove('draft', invoice.id);
  account.store.put('invoice', invoice);
  account.tell('invoice.finalized', invoice, customer.id);
  if (invoice.amount_due === 0) settle(account, invoice, now);
  else if (advance && invoice.collection_method === 'charge_automatically') {
    collect(account, invoice);
  } else {
    invoice.next_payment_attempt = null;
    account.store.put('invoice', invoice);
  }
}

/** The subscription that an invoice item was made for. */
function subscriptionOf(item: Stripe.InvoiceItem): string | null {
  const named = item.parent?.subscription_details?.subscription;
  return named ? String(named) : null;
}

function putLines(
  account: Account,
  invoice: Stripe.Invoice,
  plan: DraftPlan,
  items: Stripe.InvoiceItem[],
): void {
  const customer = String(invoice.customer);
  const lines = linesOf(
    account,
    plan,
    { id: invoice.id, customer, currency: invoice.currency },
    items,
  );
  invoice.lines = {
    object: 'list',
    data: lines,
    has_more: false,
    url: `/v1/invoices/${invoice.id}/lines`,
  };
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  invoice.subtotal = total;
  invoice.subtotal_excluding_tax = total;
  invoice.total = total;
  invoice.total_excluding_tax = total;
  const balance = account.store.get('customer', customer)?.balance ?? 0;
  invoice.starting_balance = balance;
  invoice.amount_due = Math.max(0, total + balance);
  invoice.amount_remaining = invoice.amount_due;
}

function blankInvoice(
  account: Account,
  id: string,
  {
    customer: customerId,
    currency,
    reason,
    subscription,
    period,
  }: {
    customer: string;
    currency: string;
    reason: Stripe.Invoice.BillingReason;
    subscription: Stripe.Subscription | null;
    period: { start: number; end: number };
  },
): Stripe.Invoice {
  const customer = account.store.get('customer', customerId)!;
  const now = account.now(customerId);
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Holdfast (stand-in)',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: reason,
    collection_method: subscription?.collection_method ?? 'charge_automatically',
    created: now,
    currency,
    custom_fields: null,
    customer: customerId,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: subscription
      ? {
          quote_details: null,
          subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
          type: 'subscription_details',
        }
      : null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    payments: { object: 'list', data: [], has_more: false, url: '/v1/invoice_payments' },
    period_end: period.end,
    period_start: period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: (customer.test_clock as string | null) ?? null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}
