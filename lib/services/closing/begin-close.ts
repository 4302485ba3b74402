import { periodBounds } from '#lib/billing/days.ts';
import { accountNow } from '../billing/account-clock.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { type CloseInput, closingScope, findClosing, loadAccount, noteStep } from './store.ts';

/**
 * Step 1: writes down that the month is being closed. Killed before, nothing is written; taken again, it
 * finds the closing where it stands and leaves it there.
 * @returns false where the month is not over yet by the account's clock, or is final already
 */
export async function beginClose(ctx: ServiceContext, input: CloseInput): Promise<boolean> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  return await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const account = await loadAccount(tx, ctx, accountId);
    if (accountNow(account, ctx.clock) < periodBounds(period).end) return false;
    const known = await findClosing(tx, { mspId: ctx.mspId, accountId }, period);
    if (known?.state === 'finalised') return false;
    if (known === undefined) await noteStep(tx, ctx, account, period, { step: 'begun' });
    return true;
  });
}
