import type { z } from 'zod';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { exportInput } from './input.ts';
import { loadExport, subjectsOf } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

/**
 * How an export stands; to those who may see content with the subjects of items that could not be
 * read.
 */
export async function getExport(
  ctx: ServiceContext,
  input: z.input<typeof exportInput>,
): Promise<ExportView> {
  requirePermission(ctx, 'restores.read');
  const key = { mspId: ctx.mspId, ...parse(exportInput, input) };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const row = await loadExport(tx, key);
    requireReach(ctx, row);
    const subjects = isAllowed(ctx, 'content.read') ? await subjectsOf(tx, row) : undefined;
    return viewExport(row, ctx.clock.now(), subjects);
  });
}
