import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { ids } from '#lib/jobs/contract.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { restoreInput } from './input.ts';
import { canCancelRestore, isAtWork } from './rules.ts';
import { lockRestore, type RestoreKey, updateRestore } from './store.ts';

/**
 * Drops a plan, or stops a restore after the items that are on their way. What was written stays
 * and is listed.
 */
export async function cancelRestore(
  ctx: ServiceContext,
  input: z.input<typeof restoreInput>,
): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, ...parse(restoreInput, input) };
  requireReach(ctx, key);
  await withScope(ctx.db, key, async (tx) => {
    const restore = await lockRestore(tx, key);
    requireReach(ctx, restore);
    if (!canCancelRestore(restore.state)) {
      throw new AppError('conflict', 'This restore has ended already.');
    }
    // One that is at work is ended by its story, which knows what is still on its way.
    if (!isAtWork(restore.state)) {
      await updateRestore(tx, key, { state: 'cancelled', endedAt: ctx.clock.now() });
    }
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: 'restore.cancel',
      entity: 'restore',
      entityId: key.restoreId,
    });
  });
  await ctx.deps.jobs.cancelRestore(key);
  const story = ids.restore(key.tenantId, key.restoreId);
  if (!(await ctx.deps.jobs.isRunning(story))) await endOrphan(ctx, key);
}

/** A restore without a story (its start was lost, or an operator stopped it) has nobody else to end it. */
async function endOrphan(ctx: ServiceContext, key: RestoreKey): Promise<void> {
  await withScope(ctx.db, key, async (tx) => {
    if (!isAtWork((await lockRestore(tx, key)).state)) return;
    await updateRestore(tx, key, { state: 'cancelled', endedAt: ctx.clock.now() });
  });
}
