import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listExportsInput } from './input.ts';
import { listExportRows } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

/** Newest first, those that are no longer kept among them; without subjects. */
export async function listExports(
  ctx: ServiceContext,
  input: z.input<typeof listExportsInput>,
): Promise<ExportView[]> {
  requirePermission(ctx, 'exports.run');
  const { tenantId, ...page } = parse(listExportsInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const rows = await withScope(ctx.db, scope, (tx) => listExportRows(tx, scope, page));
  return rows.map((row) => viewExport(row, ctx.clock.now()));
}
