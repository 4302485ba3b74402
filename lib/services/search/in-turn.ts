import { sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { sqlState } from '#db/errors.ts';
import { AppError } from '#lib/core/errors.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { type DataScope, withScope } from '../transaction.ts';

/** All looks of one search together. Ten times what a slow one takes where a million items are. */
const searchMs = 8_000;

const cancelled = '57014';

/** How long a search has left; asked before each look. */
export interface Patience {
  /** The next statement ends by then, whatever it has found. */
  next(tx: Transaction): Promise<void>;
  /** What the looks so far have taken. */
  spentMs(): number;
}

/**
 * A transaction that searches. Somebody's searches run two at a time, and all together on half of the
 * connections, so that nobody's searches stand in the way of pages and sign-ins, and a provider with
 * many people or keys not in that of others' searches.
 * @throws AppError `too-many` where somebody has several waiting already
 */
export async function inTurn<T>(
  ctx: ServiceContext,
  scope: DataScope,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const who = { one: actorName(ctx.actor), group: ctx.mspId };
  const found = await ctx.db.slow.take(who, async () => ({
    value: await withScope(ctx.db, scope, act),
  }));
  if (found !== null) return found.value;
  throw new AppError(
    'too-many',
    'Your other searches are still at work, so this one was not begun. Wait until they are done, then try again.',
    { retryable: true, retryAfterMs: 5_000 },
  );
}

/**
 * Looks for so long and no longer. What is read after it has the time that everything has.
 * @throws AppError `too-broad` when the time is over
 */
export async function withPatience<T>(
  ctx: ServiceContext,
  tx: Transaction,
  find: (patience: Patience) => Promise<T>,
): Promise<T> {
  const begin = ctx.clock.monotonicMs();
  const end = begin + searchMs;
  const patience: Patience = {
    async next(tx) {
      const leftMs = Math.floor(end - ctx.clock.monotonicMs());
      if (leftMs < 1) throw tookTooLong();
      await tx.execute(sql`select set_config('statement_timeout', ${String(leftMs)}, true)`);
    },
    spentMs: () => ctx.clock.monotonicMs() - begin,
  };
  try {
    const found = await find(patience);
    await tx.execute(sql`set local statement_timeout to default`);
    return found;
  } catch (err) {
    throw sqlState(err) === cancelled ? tookTooLong() : err;
  }
}

function tookTooLong(): AppError {
  return new AppError(
    'too-broad',
    'This search took too long and was stopped. Narrow it: choose a mailbox, fewer days, or a rarer word.',
  );
}
