import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listExportsInput } from './input.ts';
import { listExportRows } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

/** Of one customer, newest first, those that are no longer kept among them; without subjects. */
export async function listExports(
  ctx: ServiceContext,
  input: z.input<typeof listExportsInput>,
): Promise<ExportView[]> {
  requirePermission(ctx, 'restores.read');
  const { tenantId, ...page } = parse(listExportsInput, input);
  requireReach(ctx, { tenantId });
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, (tx) =>
    listExportRows(tx, ctx.mspId, { tenantId }, page),
  );
  return rows.map(({ archive }) => viewExport(archive, ctx.clock.now()));
}
