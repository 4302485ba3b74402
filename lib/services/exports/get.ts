import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { exportInput } from './input.ts';
import { loadExport } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

export async function getExport(
  ctx: ServiceContext,
  input: z.input<typeof exportInput>,
): Promise<ExportView> {
  requirePermission(ctx, 'exports.run');
  const key = { mspId: ctx.mspId, ...parse(exportInput, input) };
  const row = await withScope(ctx.db, key, (tx) => loadExport(tx, key));
  return viewExport(row, ctx.clock.now());
}
