import { type Period, periodBounds } from '#lib/billing/days.ts';
import { parseAmount } from '#lib/billing/money.ts';
import type { BillingSink, InvoiceView } from '#lib/billing/sink.ts';
import { type AccountRow, findAccount } from '../billing/store.ts';
import { isOpening } from '../billing/sync-account.ts';
import { told } from '../billing/told.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';

/**
 * Keeps the drafts of an account's months from going out by themselves, as soon as they are known of
 * and whatever the time is here: a machine whose clock is seconds behind Stripe's does not begin to
 * close a month when its draft is told of, and nobody tells it twice.
 * @param input.drafts the months that have one
 */
export async function holdDrafts(
  ctx: ServiceContext,
  input: { accountId: string; drafts: readonly Period[] },
  sink: BillingSink,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const [first] = [...input.drafts].sort();
  if (first === undefined) return;
  const account = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    findAccount(tx, { mspId: ctx.mspId, accountId: input.accountId }),
  );
  const customerId = account?.stripeCustomerId ?? null;
  if (account === undefined || customerId === null) return;
  await told(ctx, account, async () => {
    const all = await sink.listInvoices({ customerId, since: periodBounds(first).start });
    for (const invoice of all) {
      if (isToHold(account, invoice)) await sink.holdDraft(invoice.invoiceId);
    }
  });
}

/** One that bills nothing, of a month that the account does not pay for, may go: nobody closes it. */
function isToHold(account: AccountRow, invoice: InvoiceView): boolean {
  const { state, advances, subscriptionId, period, total, currency } = invoice;
  if (state !== 'draft' || !advances || subscriptionId === null || period === null) return false;
  if (isOpening(invoice)) return false;
  const own =
    (account.startedPeriod ?? '') <= period &&
    (account.endedPeriod === null || period < account.endedPeriod);
  return own || parseAmount(total, currency) !== 0n;
}
