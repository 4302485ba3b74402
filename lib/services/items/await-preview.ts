import { sleep } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { findPreview, type PreviewRow } from './store.ts';

const pollMs = 50;

/**
 * Asks the worker for what a waiting preview wants, and waits: the portal has no vault key.
 * @throws AppError `vault.unavailable` after `waitMs` without an answer
 */
export async function awaitPreview(
  ctx: ServiceContext,
  scope: { mspId: string; tenantId: string },
  previewId: string,
  waitMs: number,
): Promise<PreviewRow> {
  await ctx.deps.jobs.startReadItem({ ...scope, previewId });
  const started = ctx.clock.monotonicMs();
  for (;;) {
    const row = await withScope(ctx.db, scope, (tx) =>
      findPreview(tx, scope.mspId, scope.tenantId, previewId),
    );
    if (row?.state === 'ready') return row;
    if (row?.state === 'failed') {
      throw new AppError('vault.unavailable', row.refusal ?? 'This item could not be opened.');
    }
    if (ctx.clock.monotonicMs() - started > waitMs) {
      throw new AppError(
        'vault.unavailable',
        `The vault did not answer within ${Math.round(waitMs / 1000)} seconds. The item is safe; try again in a moment.`,
        { retryable: true },
      );
    }
    await sleep(pollMs);
  }
}
