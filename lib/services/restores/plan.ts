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
import { withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import { askForPlan } from './ask-for-plan.ts';
import { planRestoreInput } from './input.ts';
import { requireTarget } from './require-target.ts';
import { targetOf } from './rules.ts';
import { addRestore } from './store.ts';

/**
 * Begins a restore: what would be written where is worked out by the worker and can be read with
 * `restores/get`. Nothing changes at Microsoft until the plan is executed.
 * @throws AppError `too-many` where somebody has too many planned and not started
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
  const targetMailboxId = targetOf(wish);
  await withScope(ctx.db, scope, async (tx) => {
    await loadSnapshot(tx, ctx.mspId, wish.tenantId, wish.mailboxId, wish.sequence);
    await requireTarget(ctx, tx, wish.tenantId, targetMailboxId);
    await requireAllowance(ctx, tx, { plans: 1, restores: 1 });
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
        destination: wish.destination.kind,
        collisions: wish.collisions,
      },
    });
  });
  await askForPlan(ctx, { ...scope, restoreId });
  return { restoreId };
}
