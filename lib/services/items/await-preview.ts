import { sleep } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ReadItemInput } from '#lib/jobs/contract.ts';
import type { ServiceContext } from '../context.ts';
import type { Watch } from '../live/board.ts';
import { withScope } from '../transaction.ts';
import { findPreview, type PreviewRow } from './store.ts';

/** Where changes are told, so often nonetheless: to be told is a favour, and no promise. */
const toldMs = 2_000;
/** Where nobody tells, these many milliseconds first, and then ever more. */
const pollMs = { first: 25, growth: 1.3, most: 250 };

/**
 * Asks the worker for what a waiting preview wants, and waits: the portal has no vault key.
 * @throws AppError `conflict` where the copy has nothing of the kind, `vault.unavailable` where it could not
 *   be opened and after `waitMs` without an answer
 */
export async function awaitPreview(
  ctx: ServiceContext,
  wish: Required<ReadItemInput>,
  waitMs: number,
): Promise<PreviewRow> {
  // From before it is begun: an answer may be there before the first look.
  const watch = ctx.deps.changes?.watch('preview', wish.previewId);
  try {
    await ctx.deps.jobs.startReadItem(wish);
    return await ask(ctx, wish, waitMs, watch);
  } finally {
    watch?.end();
  }
}

async function ask(
  ctx: ServiceContext,
  { previewId, lifeMs: _, ...scope }: Required<ReadItemInput>,
  waitMs: number,
  watch: Watch | undefined,
): Promise<PreviewRow> {
  const started = ctx.clock.monotonicMs();
  for (let stepMs = pollMs.first; ; stepMs = Math.min(stepMs * pollMs.growth, pollMs.most)) {
    const row = await withScope(ctx.db, scope, (tx) =>
      findPreview(tx, scope.mspId, scope.tenantId, previewId),
    );
    if (row?.state === 'ready') return row;
    if (row?.state === 'failed') {
      throw new AppError(
        row.absent ? 'conflict' : 'vault.unavailable',
        row.refusal ?? 'This item could not be opened.',
      );
    }
    const leftMs = waitMs - (ctx.clock.monotonicMs() - started);
    if (leftMs < 0) {
      throw new AppError(
        'vault.unavailable',
        `The vault did not answer within ${Math.round(waitMs / 1000)} seconds. The item is safe; try again in a moment.`,
        { retryable: true },
      );
    }
    if (watch?.hearing) await watch.next(Math.min(toldMs, leftMs + 1));
    else await sleep(stepMs);
  }
}
