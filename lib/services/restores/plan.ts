import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { loadMailbox, loadSnapshot } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { planRestoreInput } from './input.ts';
import { restoreAppMissing, targetRefusal } from './rules.ts';
import { addRestore, isAppConnected, lockRestore, updateRestore } from './store.ts';

/**
 * Begins a restore: what would be written where is worked out by the worker and can be read with
 * `restores/get`. Nothing changes at Microsoft until the plan is executed.
 */
export async function planRestore(
  ctx: ServiceContext,
  input: z.input<typeof planRestoreInput>,
): Promise<{ restoreId: string }> {
  requirePermission(ctx, 'restores.run');
  const wish = parse(planRestoreInput, input);
  requireReach(ctx, wish);
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  const restoreId = newId();
  const { destination } = wish;
  const targetMailboxId = destination.kind === 'mailbox' ? destination.mailboxId : wish.mailboxId;
  requireReach(ctx, { tenantId: wish.tenantId, mailboxId: targetMailboxId });
  await withScope(ctx.db, scope, async (tx) => {
    await loadSnapshot(tx, ctx.mspId, wish.tenantId, wish.mailboxId, wish.sequence);
    const target = await loadMailbox(tx, ctx.mspId, wish.tenantId, targetMailboxId);
    const refusal = targetRefusal(target.displayName, target.state);
    if (refusal !== null) throw new AppError('source.gone', refusal);
    if (!(await isAppConnected(tx, scope, 'restore'))) {
      throw new AppError('consent.missing', restoreAppMissing);
    }
    await addRestore(tx, {
      ...wish,
      ...scope,
      id: restoreId,
      targetMailboxId,
      state: 'planning',
      requestedBy: actorName(ctx.actor),
      createdAt: ctx.clock.now(),
    });
    await audit(ctx, tx, {
      tenantId: wish.tenantId,
      action: 'restore.plan',
      entity: 'restore',
      entityId: restoreId,
      facts: {
        mailboxId: wish.mailboxId,
        targetMailboxId,
        sequence: wish.sequence,
        selection: wish.selection.kind,
        destination: destination.kind,
        collisions: wish.collisions,
      },
    });
  });
  try {
    await ctx.deps.jobs.startPlanRestore({ ...scope, restoreId });
  } catch (err) {
    const key = { ...scope, restoreId };
    await withScope(ctx.db, scope, async (tx) => {
      // The answer may be what was lost, and the plan be made.
      if ((await lockRestore(tx, key)).state !== 'planning') return;
      await updateRestore(tx, key, {
        state: 'failed',
        refusal: 'The workflow service did not answer, so no plan was made. Try again.',
        endedAt: ctx.clock.now(),
      });
    });
    throw err;
  }
  return { restoreId };
}
