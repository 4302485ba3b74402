import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { removeArchive } from './archive-file.ts';
import { exportInput } from './input.ts';
import { loadExport, updateOpenExport } from './store.ts';

/**
 * Ends an export that was cancelled, or that no worker brought to an end. A worker that was killed
 * may have left an archive behind, whole or not: it holds mail in clear, so it goes.
 * @returns whether there is an archive all the same, whose day runs
 */
export async function endExport(
  ctx: ServiceContext,
  input: z.input<typeof exportInput>,
  folder: string,
): Promise<{ isKept: boolean }> {
  requirePermission(ctx, 'exports.run');
  const key = { mspId: ctx.mspId, ...parse(exportInput, input) };
  const { state } = await withScope(ctx.db, key, async (tx) => {
    await updateOpenExport(tx, key, {
      state: 'failed',
      refusal: 'The worker could not bring it to an end in time. Start it again.',
      endedAt: ctx.clock.now(),
    });
    return await loadExport(tx, key);
  });
  const isKept = state === 'done' || state === 'expired';
  if (!isKept) await removeArchive(folder, key.exportId);
  return { isKept };
}
