import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { loadSnapshot } from '../mailboxes/store.ts';
import { lockAllowance, withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import { startExportInput } from './input.ts';
import { addExport, findOpenExport, updateExport } from './store.ts';

/**
 * Begins an export; the worker writes the archive, `exports/download` hands it out. Who asks for the
 * same again before it is done gets the one that is being made.
 * @throws AppError `too-many` where somebody has too many made, or kept, at once
 */
export async function startExport(
  ctx: ServiceContext,
  input: z.input<typeof startExportInput>,
): Promise<{ exportId: string }> {
  requirePermission(ctx, 'exports.run');
  // What is exported can be read.
  requirePermission(ctx, 'content.read');
  const wish = parse(startExportInput, input);
  requireReach(ctx, wish);
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  const { exportId, isNew } = await withScope(ctx.db, scope, async (tx) => {
    await loadSnapshot(tx, ctx.mspId, wish.tenantId, wish.mailboxId, wish.sequence);
    const requestedBy = actorName(ctx.actor);
    await lockAllowance(tx, { mspId: ctx.mspId, actor: requestedBy });
    const same = await findOpenExport(tx, { ...wish, ...scope }, requestedBy);
    const exportId = same ?? newId();
    if (same === undefined) {
      await requireAllowance(ctx, tx, 1);
      await addExport(tx, {
        ...wish,
        ...scope,
        id: exportId,
        state: 'queued',
        requestedBy,
        createdAt: ctx.clock.now(),
      });
    }
    await audit(ctx, tx, {
      tenantId: wish.tenantId,
      action: 'export.start',
      entity: 'export',
      entityId: exportId,
      facts: {
        mailboxId: wish.mailboxId,
        sequence: wish.sequence,
        selection: wish.selection.kind,
      },
    });
    return { exportId, isNew: same === undefined };
  });
  try {
    await ctx.deps.jobs.startExport({ ...scope, exportId });
  } catch (err) {
    if (!isNew) throw err;
    await withScope(ctx.db, scope, (tx) =>
      updateExport(
        tx,
        { ...scope, exportId },
        {
          state: 'failed',
          refusal: 'The workflow service did not answer, so the export never began. Try again.',
          endedAt: ctx.clock.now(),
        },
      ),
    );
    throw err;
  }
  return { exportId };
}
