import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { restoreInput } from './input.ts';
import { requireConnected } from './require-connected.ts';
import { canExecute, isAtWork, isPlanFresh, restoreAppMissing, targetRefusal } from './rules.ts';
import { isAppConnected, lockRestore, updateRestore } from './store.ts';

/** Carries a plan out. Asking twice for the same restore is asking once. */
export async function executeRestore(
  ctx: ServiceContext,
  input: z.input<typeof restoreInput>,
): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, ...parse(restoreInput, input) };
  requireReach(ctx, key);
  await withScope(ctx.db, key, async (tx) => {
    const restore = await lockRestore(tx, key);
    requireReach(ctx, restore);
    requireReach(ctx, { tenantId: key.tenantId, mailboxId: restore.targetMailboxId });
    if (isAtWork(restore.state)) return;
    if (!canExecute(restore.state)) {
      throw new AppError('conflict', refusalFor(restore.state));
    }
    const now = ctx.clock.now();
    if (!isPlanFresh(restore.plannedAt, now)) {
      throw new AppError(
        'expired',
        'This plan is older than an hour, and the mailbox may have changed since. Make a new plan.',
      );
    }
    await requireConnected(tx, key);
    const target = await loadMailbox(tx, key.mspId, key.tenantId, restore.targetMailboxId);
    const refusal = targetRefusal(target.displayName, target.state);
    if (refusal !== null) throw new AppError('source.gone', refusal);
    if (!(await isAppConnected(tx, key, 'restore'))) {
      throw new AppError('consent.missing', restoreAppMissing);
    }
    await updateRestore(tx, key, { state: 'running', startedAt: now });
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: 'restore.execute',
      entity: 'restore',
      entityId: key.restoreId,
      facts: { write: restore.plan?.write ?? 0 },
    });
  });
  // Also where it is at work already: a start that was lost is made good by asking again.
  await ctx.deps.jobs.startRestore(key);
}

function refusalFor(state: string): string {
  if (state === 'draft') return 'There is no plan yet. Say where it goes first.';
  if (state === 'planning') return 'The plan is not finished yet.';
  return 'This restore has ended already. Make a new plan to restore again.';
}
