import type { z } from 'zod';
import {
  auditRead,
  isAllowed,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { getExportInput } from './input.ts';
import { loadExport, subjectsOf } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

/**
 * How an export stands; to those who may see content with the subjects of items that could not be
 * read. That these were looked at is audited, once in a quarter of an hour for each person and export;
 * whoever only wants to know how far it is asks without them, and leaves no entry.
 */
export async function getExport(
  ctx: ServiceContext,
  input: z.input<typeof getExportInput>,
): Promise<ExportView> {
  requirePermission(ctx, 'restores.read');
  const { subjects: wanted, ...ids } = parse(getExportInput, input);
  const key = { mspId: ctx.mspId, ...ids };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const row = await loadExport(tx, key);
    requireReach(ctx, row);
    const seen = wanted && isAllowed(ctx, 'content.read');
    const subjects = seen ? await subjectsOf(tx, row) : undefined;
    if (subjects !== undefined && subjects.size > 0) {
      await auditRead(ctx, tx, {
        tenantId: key.tenantId,
        action: 'item.list-export',
        entity: 'export',
        entityId: key.exportId,
        facts: { mailboxId: row.mailboxId, items: subjects.size },
      });
    }
    return viewExport(row, ctx.clock.now(), subjects);
  });
}
