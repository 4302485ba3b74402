import { quantitiesOf } from '#lib/billing/rate.ts';
import { reconcile } from '#lib/billing/reconcile.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { saveInvoice } from '../billing/invoices-store.ts';
import { newestEvents } from '../billing/outbox.ts';
import { keepReconciliation, quantitiesOn } from '../billing/reconcile-account.ts';
import { planVersion } from '../billing/store.ts';
import { invoiceRow } from '../billing/sync-account.ts';
import { told } from '../billing/told.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { amountOwed, otherCurrency } from './amount-owed.ts';
import { holdMonth } from './hold-close.ts';
import { subtotal } from './invoices-of-month.ts';
import { type CloseInput, closingScope, findClosing, loadAccount } from './store.ts';

export type CloseVerdict = 'agree' | 'waiting' | 'differ';

/**
 * Steps 6 and 8: ledger, meters and draft side by side. Quantities first; money once the other lines are
 * added. Writes what was compared, and holds the month where it differs. Changes nothing at Stripe, so it
 * is asked as often as need be.
 */
export async function compareClose(
  ctx: ServiceContext,
  input: CloseInput & { money: boolean },
  sink: BillingSink,
): Promise<CloseVerdict> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const { account, closing, due, version, events } = await withScope(
    ctx.db,
    closingScope(ctx),
    async (tx) => {
      const found = await loadAccount(tx, ctx, accountId);
      const due = await amountOwed(tx, { mspId: ctx.mspId, accountId }, period);
      return {
        account: found,
        closing: await findClosing(tx, { mspId: ctx.mspId, accountId }, period),
        due,
        version: await planVersion(tx, due.closed.planId, due.closed.planVersion),
        events: await newestEvents(tx, { mspId: ctx.mspId, accountId }, period),
      };
    },
  );
  if (closing?.invoiceId == null || version === undefined) return 'agree';
  if (due.foreign.length > 0) {
    await holdMonth(ctx, account, period, otherCurrency(due.foreign), 'left-out');
    return 'differ';
  }
  const { meter, invoice } = await told(ctx, account, async () => {
    const catalogue = await sink.ensureCatalogue({ ...version, name: 'Holdfast' });
    return {
      meter: await sink.readSummaries({
        customerId: account.stripeCustomerId!,
        catalogue,
        period,
      }),
      invoice: await sink.readInvoice(closing.invoiceId!),
    };
  });
  const refused = [...events.values()].some(({ state }) => state === 'refused');
  const result = reconcile({
    ledger: quantitiesOf(due.rating),
    meter,
    invoice: quantitiesOn(invoice),
    billed: due.billed,
    // What was sent shows within minutes; as long as it does not, it is waited for.
    underWay: refused
      ? []
      : [...events].filter(([, event]) => isFresh(event, ctx)).map(([dimension]) => dimension),
    currency: { ledger: due.currency, invoice: invoice.currency },
    ...(input.money ? { money: { ledger: due.total, invoice: subtotal(invoice) } } : {}),
  });
  await withScope(ctx.db, closingScope(ctx), (tx) =>
    saveInvoice(tx, invoiceRow(account, invoice, ctx.clock.now())),
  );
  await keepReconciliation(ctx, account, period, 'close', result);
  if (result.verdict === 'differ') await holdMonth(ctx, account, period, result.sentence);
  return result.verdict;
}

const settlesMs = 60 * 60_000;

function isFresh(event: { state: string; sentAt: Date | null }, ctx: ServiceContext): boolean {
  if (event.state === 'waiting') return true;
  return ctx.clock.now().getTime() - (event.sentAt?.getTime() ?? 0) < settlesMs;
}
