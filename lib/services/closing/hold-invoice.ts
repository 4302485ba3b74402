import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import { saveInvoice } from '../billing/invoices-store.ts';
import { invoiceRow } from '../billing/sync-account.ts';
import { told } from '../billing/told.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { invoicesOfMonth } from './invoices-of-month.ts';
import { sinkToClose } from './sink-to-close.ts';
import { type CloseInput, closingScope, loadAccount, noteStep } from './store.ts';

export type HeldInvoice = 'held' | 'final-already' | 'none';

/**
 * Step 2: keeps the month's draft from going out by itself, and writes down which invoice it is. Killed
 * after Stripe was told and before it is written: a draft that is held is found held, and written then.
 * @returns `final-already` where Stripe sent it before anybody held it, `none` where nothing is invoiced
 * for this month
 */
export async function holdInvoice(
  ctx: ServiceContext,
  input: CloseInput,
  sink: BillingSink | null,
): Promise<HeldInvoice> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const account = await withScope(ctx.db, closingScope(ctx), (tx) =>
    loadAccount(tx, ctx, accountId),
  );
  if (account.stripeCustomerId === null || account.stripeSubscriptionId === null) return 'none';
  if (account.startedPeriod === null || account.startedPeriod > period) return 'none';
  const { own: invoice, others } = await told(ctx, account, async () => {
    const stripe = sinkToClose(sink);
    const found = await invoicesOfMonth(stripe, account, period);
    const { own } = found;
    return own?.state === 'draft' && own.advances
      ? { ...found, own: await stripe.holdDraft(own.invoiceId) }
      : found;
  });
  if (invoice === null) return 'none';
  if (invoice === undefined) {
    throw new AppError('conflict', 'Stripe has not made the invoice of this month yet.', {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  await withScope(ctx.db, closingScope(ctx), async (tx) => {
    for (const one of [invoice, ...others]) {
      await saveInvoice(tx, invoiceRow(account, one, ctx.clock.now()));
    }
    await noteStep(tx, ctx, account, period, {
      step: invoice.state === 'draft' ? 'draft-held' : 'final-already',
      invoiceId: invoice.invoiceId,
    });
  });
  return invoice.state === 'draft' ? 'held' : 'final-already';
}
