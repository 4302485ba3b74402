import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { exportInput } from './input.ts';
import { isExportOpen } from './rules.ts';
import { lockExport, updateExport } from './store.ts';

/**
 * Stops an export that is being made. Its row says so first: an archive that is finished all the
 * same finds no place any more, and its file is removed.
 */
export async function cancelExport(
  ctx: ServiceContext,
  input: z.input<typeof exportInput>,
): Promise<void> {
  requirePermission(ctx, 'exports.run');
  const key = { mspId: ctx.mspId, ...parse(exportInput, input) };
  requireReach(ctx, key);
  await withScope(ctx.db, key, async (tx) => {
    const row = await lockExport(tx, key);
    requireReach(ctx, { tenantId: key.tenantId, mailboxId: row.mailboxId });
    if (!isExportOpen(row.state)) {
      throw new AppError('conflict', 'This download has ended already.');
    }
    await updateExport(tx, key, { state: 'cancelled', endedAt: ctx.clock.now() });
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: 'export.cancel',
      entity: 'export',
      entityId: key.exportId,
    });
  });
  await ctx.deps.jobs.cancelExport(key);
}
