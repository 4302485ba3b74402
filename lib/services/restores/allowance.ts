import type { Transaction } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { acrossCustomers, lockAllowance } from '../transaction.ts';
import { planLifeMs } from './rules.ts';
import { countRestores } from './store.ts';

/** What a search found is at most 50 plans; there is room for some besides. */
const planningMax = 60;
/** Each plan is a look at a mailbox and a row for every item of it, and stays for those who ask later. */
const unstartedMax = 200;

/**
 * Refuses choices and plans that would be too many for one person or key, over all their customers;
 * call it in the transaction that adds them. What was started is work that is wanted, and does not count.
 * @param more how many plans are to be made, and how many restores are to be added for that or before it
 * @throws AppError `too-many`
 */
export async function requireAllowance(
  ctx: ServiceContext,
  tx: Transaction,
  more: { plans: number; restores: number },
): Promise<void> {
  const actor = actorName(ctx.actor);
  await lockAllowance(tx, { mspId: ctx.mspId, actor });
  const by = { mspId: ctx.mspId, requestedBy: actor };
  const since = addMs(ctx.clock.now(), -planLifeMs);
  const { planning, unstarted } = await acrossCustomers(tx, () => countRestores(tx, by, since));
  if (planning + more.plans > planningMax) {
    throw new AppError(
      'too-many',
      `You may have ${planningMax} plans made at once, and ${planning} are. Nothing was begun. Wait until some are done, or cancel one.`,
      { retryable: true, retryAfterMs: 10_000 },
    );
  }
  if (unstarted + more.restores > unstartedMax) {
    throw new AppError(
      'too-many',
      `You chose ${unstarted} restores within the last hour and started none of them, and there is room for ${unstartedMax}. Nothing was begun. Start those that are planned, or wait.`,
      { retryable: true, retryAfterMs: 10 * 60_000 },
    );
  }
}
