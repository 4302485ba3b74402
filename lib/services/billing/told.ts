import { isAppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { type AccountRow, lockAccount, updateAccount } from './store.ts';

/** Runs what asks Stripe, and keeps with the account what Stripe refused, or that it answers again. */
export async function told<T>(
  ctx: ServiceContext,
  account: Pick<AccountRow, 'mspId' | 'id'>,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (err) {
    if (isAppError(err)) {
      const code = err.data.param === 'currency' ? 'currency-unknown' : err.code;
      await withScope(ctx.db, { mspId: account.mspId, tenantId: null }, async (tx) => {
        const key = { mspId: account.mspId, accountId: account.id };
        const known = await lockAccount(tx, key);
        await updateAccount(tx, key, {
          trouble: code,
          troubleSince: known?.trouble === code ? known.troubleSince : ctx.clock.now(),
        });
      });
    }
    throw err;
  }
}
