import type { Transaction } from '#db/client.ts';
import { AppError } from '#lib/core/errors.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { acrossCustomers, lockAllowance } from '../transaction.ts';
import { countExports } from './store.ts';

/** What a search found is at most 50 archives; there is room for some besides. */
const openMax = 60;
/** An archive is kept for a day. */
const keptMax = 200;

/**
 * Refuses exports that would be too many for one person or key, over all their customers; call it in
 * the transaction that adds one.
 * @param more how many are to be begun
 * @throws AppError `too-many`
 */
export async function requireAllowance(
  ctx: ServiceContext,
  tx: Transaction,
  more: number,
): Promise<void> {
  const actor = actorName(ctx.actor);
  await lockAllowance(tx, { mspId: ctx.mspId, actor });
  const by = { mspId: ctx.mspId, requestedBy: actor };
  const { open, kept } = await acrossCustomers(tx, () => countExports(tx, by, ctx.clock.now()));
  if (open + more > openMax) {
    throw new AppError(
      'too-many',
      `You may have ${openMax} downloads packed at once, and ${open} are. Nothing was started. Wait until some are done, or cancel one.`,
      { retryable: true, retryAfterMs: 60_000 },
    );
  }
  if (open + kept + more > keptMax) {
    throw new AppError(
      'too-many',
      `${open + kept} downloads are kept for you, and there is room for ${keptMax} downloads. Nothing was started. Each goes by itself a day after it was packed; choose less, or wait.`,
      { retryable: true, retryAfterMs: 60 * 60_000 },
    );
  }
}
