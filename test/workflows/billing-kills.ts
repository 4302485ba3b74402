import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { openDatabase } from '#db/client.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { giveCredit } from '#lib/services/billing/give-credit.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { type Product, startProduct } from '#test/kit/product.ts';
import { type StripeStandIn, startStripe } from '#test/stripe/server.ts';

/**
 * Kills the worker (`kill -9`) at the steps of a night that observes a month, tells the meters and
 * closes it, and gives back what the operator said: before a request to Stripe is carried out, after it was and before the answer, and within
 * the transactions of the ledger. Then compares what is there with what there must be. As a program,
 * with every step there is:
 *
 *     node test/workflows/billing-kills.ts
 */
export interface BillingKills {
  /** The steps at which the worker was killed, in order. */
  kills: string[];
  /** What is not as it would be undisturbed; empty when all is well. */
  problems: string[];
}

const period = '2026-10';
const days = 31;
const mailboxes = 3;
/** 3 mailboxes at 2.50 and what is missing to the minimum. */
const minimum = '50.00';
/** Off the month's invoice, and back of it once it is paid. */
const credit = '5.00';
const refund = '10.00';
const dimensions = ['protected-mailboxes', 'sealed-mailboxes', 'stored-gib'];
const patienceMs = 540_000;

/** Requests that change something, whose answer is lost in the test of every day. */
const steps = [
  'after POST /v1/billing/meter_events',
  'after POST /v1/invoices/:id',
  'after POST /v1/invoiceitems',
  'after POST /v1/invoices/:id/finalize',
  'after POST /v1/credit_notes',
];

/** Tables that a night writes, in the order in which it comes to them. */
const tables = {
  some: ['usage_days', 'usage_periods', 'billing_refunds'],
  all: [
    'billing_invoices',
    'usage_mailbox_days',
    'usage_days',
    'meter_events',
    'billing_reconciliations',
    'billing_closings',
    'usage_periods',
    'billing_refunds',
  ],
};

export async function billingKills(
  options: { every?: boolean; report?: (line: string) => void } = {},
): Promise<BillingKills> {
  const report = options.report ?? (() => {});
  await using stripe = await startStripe({ data: null });
  const { apiUrl, secretKey, webhookSecrets } = stripe.facts;
  const product = await startProduct({
    mailboxes: 2,
    messages: 40,
    env: {
      STRIPE_API_URL: apiUrl,
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_WEBHOOK_SECRET: webhookSecrets.join(','),
    },
  });
  try {
    const account = await createBilledAccount(product.db, stripeSink(stripe.facts), {
      mailboxes,
      terms: { minimum },
    });
    await account.moveTo('2026-11-01T00:30:00Z');
    await product.db.owner`update mailboxes set last_good_at = now()`;
    await give(product, account, { amount: credit });
    await product.worker.start();
    const hunt = new Hunt(product, stripe, options.every === true, report);
    const { accountId } = account;
    const { mspId } = account.world;
    await product.jobs.startAccountDay({ mspId, accountId });
    let given = false;
    await hunt.until(async () => {
      if (!(await isFinal(product, account))) return false;
      if (!given) {
        const invoiceId = await paidInvoice(product, account);
        await give(product, account, { amount: refund, refund: true, invoiceId });
        given = true;
      }
      // One that runs may have asked for refunds before this one was there.
      await product.jobs.startAccountDay({ mspId, accountId });
      return await isRefunded(product, account);
    });
    return { kills: hunt.kills, problems: await problemsOf(product, stripe, account) };
  } catch (err) {
    process.stderr.write(product.worker.log.slice(-8_000));
    throw err;
  } finally {
    await product.stop();
  }
}

/** Lies in wait for the worker at each step, once. */
class Hunt {
  readonly kills: string[] = [];
  private readonly product: Product;
  private readonly every: boolean;
  private readonly report: (line: string) => void;
  private ended = false;
  private starting: Promise<void> = Promise.resolve();
  private readonly start = performance.now();

  constructor(
    product: Product,
    stripe: StripeStandIn,
    every: boolean,
    report: (line: string) => void,
  ) {
    this.product = product;
    this.every = every;
    this.report = report;
    stripe.faults.watch = async ({ method, path, phase }) => {
      const step = `${phase} ${method} ${path.replace(/\/(in|sub|cus|mtr|price|prod|clock|pm)_\w+/g, '/:id')}`;
      if (this.ended || !this.counts(step) || this.kills.includes(step)) return 'go on';
      await this.kill(step);
      return 'drop';
    };
  }

  /** Until it holds; lies in wait within transactions meanwhile, one table after the other. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = this.start + patienceMs * (this.every ? 4 : 1);
    const sql = postgres(this.product.db.url.owner, { max: 1 });
    const locking = this.lockTables(sql);
    try {
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error(`not final; killed ${this.kills.join()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      this.ended = true;
      await locking;
      await sql.end();
      await this.starting;
    }
  }

  private counts(step: string): boolean {
    return this.every || steps.includes(step);
  }

  private async lockTables(sql: postgres.Sql): Promise<void> {
    for (const table of this.every ? tables.all : tables.some) {
      await sql.begin(async (tx) => {
        await tx.unsafe(`lock table ${table} in exclusive mode`);
        while (!this.ended && !(await this.somebodyWaits(table))) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        if (!this.ended) await this.kill(`within a write of ${table}`);
      });
    }
  }

  private async somebodyWaits(table: string): Promise<boolean> {
    const [row] = await this.product.db.owner<{ waits: boolean }[]>`
      select exists (
        select from pg_locks l join pg_class c on c.oid = l.relation
        where c.relname = ${table} and not l.granted
      ) as waits`;
    return row!.waits;
  }

  private async kill(step: string): Promise<void> {
    this.kills.push(step);
    const at = ((performance.now() - this.start) / 1000).toFixed(1);
    this.report(`${at} s: killed ${step}`);
    await this.product.worker.kill();
    this.starting = this.product.worker.start();
    // One that is killed while it starts is told here; the next start counts.
    this.starting.catch(() => {});
  }
}

async function isFinal(product: Product, { accountId }: BilledAccount): Promise<boolean> {
  const rows = await product.db.owner`
    select from billing_closings
    where account_id = ${accountId} and period = ${period} and state = 'finalised'`;
  return rows.length === 1;
}

async function isRefunded(product: Product, { accountId }: BilledAccount): Promise<boolean> {
  const rows = await product.db.owner`select from billing_refunds where account_id = ${accountId}`;
  return rows.length === 1;
}

async function paidInvoice(product: Product, { accountId }: BilledAccount): Promise<string> {
  const [row] = await product.db.owner<{ id: string }[]>`
    select id from billing_invoices where account_id = ${accountId} and period = ${period}`;
  return row!.id;
}

/** As `npm run credits` does, beside the worker. */
async function give(
  product: Product,
  { world }: BilledAccount,
  of: { amount: string; refund?: boolean; invoiceId?: string },
): Promise<void> {
  const owner = openDatabase(product.db.url.owner, { connections: 1 });
  try {
    await giveCredit(owner, world.clock, {
      ...of,
      ...{ mspId: world.mspId, reason: 'Two nights without a copy', by: 'test' },
    });
  } finally {
    await owner.close();
  }
}

async function problemsOf(
  product: Product,
  stripe: StripeStandIn,
  { accountId, tenantId }: BilledAccount,
): Promise<string[]> {
  const { owner } = product.db;
  const problems: string[] = [];
  const must = (what: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    problems.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };

  const [mailboxDays] = await owner`
    select count(*)::int as rows, count(distinct (subject, day))::int as days, max(version)::int as version
    from usage_mailbox_days where tenant_id = ${tenantId} and day < '2026-11-01'`;
  must('mailbox-days', mailboxDays, { rows: days * mailboxes, days: days * mailboxes, version: 1 });
  const [usageDays] = await owner`
    select count(*)::int as rows, max(version)::int as version, sum(protected)::int as protected
    from usage_days where tenant_id = ${tenantId} and day < '2026-11-01'`;
  must('days', usageDays, { rows: days, version: 1, protected: days * mailboxes });
  const [periods] = await owner`
    select count(*)::int as rows, max(amount) as amount from usage_periods where account_id = ${accountId}`;
  must('closed months', periods, { rows: 1, amount: minimum });

  // Each value that the ledger calls accepted is at Stripe once, and nothing else is.
  const told = await owner<{ identifier: string; state: string }[]>`
    select identifier, state from meter_events where account_id = ${accountId}`;
  const accepted = told.filter(({ state }) => state === 'accepted').map((row) => row.identifier);
  const waiting = told.filter(({ state }) => !['accepted', 'superseded'].includes(state));
  must('values that are not settled', waiting, []);
  const taken = stripe.account.store.all('usage').map((event) => event.identifier);
  must('values at Stripe', [...taken].sort(), [...accepted].sort());
  for (const dimension of dimensions) {
    const [last] = await owner<{ value: number }[]>`
      select value::int from meter_events
      where account_id = ${accountId} and dimension = ${dimension} and state = 'accepted'
      order by at desc limit 1`;
    must(`last value of ${dimension}`, last?.value, dimension === dimensions[0] ? mailboxes : 0);
  }

  const invoices = stripe.account.store
    .all('invoice')
    .filter(({ billing_reason: reason }) => reason === 'subscription_cycle');
  must(
    'invoices',
    invoices.map(({ status, total }) => [status, total]),
    [['paid', (Number(minimum) - Number(credit)) * 100]],
  );
  must(
    'lines by hand',
    stripe.account.store.all('invoice item').map(({ amount }) => amount),
    [Number(minimum) * 100 - mailboxes * 250, -Number(credit) * 100],
  );
  must(
    'credit notes',
    stripe.account.store.all('credit note').map(({ amount, refunds }) => [amount, refunds.length]),
    [[Number(refund) * 100, 1]],
  );
  const [outcomes] = await owner`
    select count(*)::int as rows, max(outcome::text) as outcome from billing_refunds
    where account_id = ${accountId}`;
  must('answers to the refund', outcomes, { rows: 1, outcome: 'given' });
  const payments = stripe.account.store.all('payment').filter(({ status }) => status === 'paid');
  must('payments', payments.length, 1);
  const [closes] = await owner`
    select count(*)::int as rows from audit_events where action = 'billing.close'`;
  must('closings in the audit log', closes, { rows: 1 });
  return problems;
}

if (import.meta.main) {
  parseArgs({ options: {} });
  const { kills, problems } = await billingKills({
    every: true,
    report: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(
    `${kills.length} kills, ${problems.length} problems\n${problems.join('\n')}\n`,
  );
  // The servers of the kit end with this process.
  process.exit(problems.length === 0 ? 0 : 1);
}
