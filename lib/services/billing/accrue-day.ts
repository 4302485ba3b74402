import type { Day } from '#lib/billing/days.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { accrue } from './accrue.ts';
import { lockAccount } from './store.ts';

/**
 * Ends a day of an account: where it has no customer, nobody's observation does. Otherwise finds that
 * everything is written already.
 */
export async function accrueDay(
  ctx: ServiceContext,
  input: { accountId: string; day: Day },
): Promise<boolean> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const account = await lockAccount(tx, { mspId: ctx.mspId, accountId: input.accountId });
    if (account === undefined) return false;
    return await accrue(tx, account, input.day, ctx.clock.now());
  });
}
