import type { Transaction } from '#db/client.ts';
import type { Verdict } from '#db/enums.ts';
import { dayOf, type Period, periodOf } from '#lib/billing/days.ts';
import { type Dimension, dimensions, type PlanVersion } from '#lib/billing/plan.ts';
import { quantitiesOf } from '#lib/billing/rate.ts';
import { type Reconciliation, reconcile } from '#lib/billing/reconcile.ts';
import type { BillingSink, InvoiceView } from '#lib/billing/sink.ts';
import { newId } from '#lib/core/ids.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { readUsageDays } from '../usage/store.ts';
import { accountNow } from './account-clock.ts';
import { ratePeriod } from './accrue.ts';
import { addReconciliation } from './invoices-store.ts';
import { type MeterEventRow, newestEvents } from './outbox.ts';
import { type AccountRow, customersOf, findAccount, planOf, planVersionFor } from './store.ts';
import { told } from './told.ts';

/** What was accepted so short a time ago may not show on the meters yet. */
const settlesMs = 10 * 60_000;

/** Compares ledger, meters and the invoice as it would be now, and keeps what was found. */
export async function reconcileAccount(
  ctx: ServiceContext,
  input: { accountId: string },
  sink: BillingSink,
): Promise<{ verdict: Verdict } | null> {
  requirePermission(ctx, 'billing.manage');
  const scope = { mspId: ctx.mspId, tenantId: null };
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const books = await withScope(ctx.db, scope, async (tx) => {
    const account = await findAccount(tx, key);
    if (account?.stripeSubscriptionId == null || account.state === 'ended') return null;
    const period = periodOf(dayOf(accountNow(account, ctx.clock)));
    return { account, ...(await ledgerBook(tx, ctx, account, period)) };
  });
  if (books === null || books.version === null) return null;
  const { account, period, version } = books;
  const customerId = account.stripeCustomerId!;
  const found = await told(ctx, account, async () => {
    const catalogue = await sink.ensureCatalogue(version);
    const meter = await sink.readSummaries({ customerId, catalogue, period });
    const preview = await sink.preview({
      customerId,
      subscriptionId: account.stripeSubscriptionId!,
    });
    return { meter, preview };
  });
  const previewIsThis = found.preview.period === null || found.preview.period === period;
  const result = reconcile({
    ledger: books.ledger,
    meter: found.meter,
    invoice: previewIsThis ? quantitiesOn(found.preview) : null,
    billed: books.billed,
    underWay: books.underWay,
    currency: { ledger: version.terms.currency, invoice: found.preview.currency },
  });
  return await keepReconciliation(ctx, account, period, 'daily', result);
}

export interface LedgerBook {
  period: Period;
  version: (PlanVersion & { name: string }) | null;
  ledger: Record<Dimension, number>;
  billed: Dimension[];
  /** Values that are not sent yet, or were so lately that the meters may not show them. */
  underWay: Dimension[];
  events: Map<Dimension, MeterEventRow>;
}

/** What the ledger says of a month so far, and which of it is still on its way. */
export async function ledgerBook(
  tx: Transaction,
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
): Promise<LedgerBook> {
  const plan = await planOf(tx, account);
  const version = plan && (await planVersionFor(tx, plan.id, period));
  const events = await newestEvents(tx, { mspId: account.mspId, accountId: account.id }, period);
  const zero = Object.fromEntries(dimensions.map((dimension) => [dimension, 0]));
  const base = {
    period,
    version: version === undefined ? null : { ...version, name: plan!.name },
    events,
  };
  const through = account.observedThrough;
  if (version === undefined || through === null || account.firstDay === null) {
    return { ...base, ledger: zero as LedgerBook['ledger'], billed: [], underWay: [] };
  }
  const customers = await customersOf(tx, account, period);
  const rows = await readUsageDays(
    tx,
    account.mspId,
    period,
    customers.map(({ id }) => id),
  );
  const rating = await ratePeriod(tx, account, period, rows, through);
  const now = ctx.clock.now().getTime();
  return {
    ...base,
    ledger: rating === null ? (zero as LedgerBook['ledger']) : quantitiesOf(rating),
    billed: dimensions.filter((dimension) => version.terms.prices[dimension] !== undefined),
    underWay: [...events]
      .filter(
        ([, event]) =>
          event.state === 'waiting' ||
          (event.state === 'accepted' && now - (event.sentAt?.getTime() ?? 0) < settlesMs),
      )
      .map(([dimension]) => dimension),
  };
}

/** The quantities of an invoice's metered lines; a tiered price makes one line a step. */
export function quantitiesOn(invoice: InvoiceView): Record<Dimension, number | null> {
  const found: Record<Dimension, number | null> = {
    'protected-mailboxes': null,
    'sealed-mailboxes': null,
    'stored-gib': null,
  };
  for (const { dimension, quantity } of invoice.lines) {
    if (dimension !== null) found[dimension] = (found[dimension] ?? 0) + quantity;
  }
  return found;
}

const verdictOf: Record<Reconciliation['verdict'], Verdict> = {
  agree: 'equal',
  differ: 'differs',
  waiting: 'unknown',
};

export async function keepReconciliation(
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
  occasion: 'daily' | 'close',
  result: Reconciliation,
): Promise<{ verdict: Verdict }> {
  const verdict = verdictOf[result.verdict];
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    addReconciliation(tx, {
      mspId: ctx.mspId,
      accountId: account.id,
      tenantId: account.tenantId,
      id: newId(),
      period,
      at: ctx.clock.now(),
      occasion,
      verdict,
      lines: result.lines.map(({ dimension, ledger, meter, invoice }) => ({
        dimension,
        ledger,
        meter,
        invoice,
      })),
      reason: result.sentence === '' ? null : result.sentence,
    }),
  );
  return { verdict };
}
