import { isDeepStrictEqual } from 'node:util';
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
import { planDraftInput } from './input.ts';
import { requireTarget } from './require-target.ts';
import { canCancelRestore, isAtWork, isPlanFresh, targetOf } from './rules.ts';
import { addRestore, lockRestore, type RestoreRow, updateRestore } from './store.ts';

type Wish = z.output<typeof planDraftInput>;

/**
 * Says where what was chosen goes, and has the plan made. A plan is a value: asked with other
 * answers about a restore that has one, this makes another restore of the same choice and drops the
 * plan before. Asked twice with the same answers, it is asked once.
 * @returns the restore whose plan is being made
 * @throws AppError `too-many` where somebody has too many planned and not started
 */
export async function planDraft(
  ctx: ServiceContext,
  input: z.input<typeof planDraftInput>,
): Promise<{ restoreId: string }> {
  requirePermission(ctx, 'restores.run');
  const wish = parse(planDraftInput, input);
  requireReach(ctx, wish);
  const key = { mspId: ctx.mspId, tenantId: wish.tenantId, restoreId: wish.restoreId };
  const { restoreId, dropped } = await withScope(ctx.db, key, async (tx) => {
    const before = await lockRestore(tx, key);
    const { mailboxId, sequence, selection } = before;
    requireReach(ctx, { tenantId: key.tenantId, mailboxId });
    if (isSamePlan(before, wish, ctx.clock.now())) {
      return { restoreId: before.id, dropped: false };
    }
    const targetMailboxId = targetOf({ mailboxId, destination: wish.destination });
    await loadSnapshot(tx, ctx.mspId, key.tenantId, mailboxId, sequence);
    await requireTarget(ctx, tx, key.tenantId, targetMailboxId);
    const id = before.state === 'draft' ? before.id : newId();
    await requireAllowance(ctx, tx, { plans: 1, restores: id === before.id ? 0 : 1 });
    const drops = before.state !== 'draft' && canCancelRestore(before.state);
    const { destination, collisions } = wish;
    const now = ctx.clock.now();
    const row = {
      targetMailboxId,
      destination,
      collisions,
      state: 'planning' as const,
      requestedBy: actorName(ctx.actor),
      createdAt: now,
    };
    if (id === before.id) {
      await updateRestore(tx, key, row);
    } else {
      await addRestore(tx, { ...key, id, mailboxId, sequence, selection, ...row });
    }
    // One that is at work goes on: this is a second restore, and not a change of the first.
    if (drops && !isAtWork(before.state)) {
      await updateRestore(tx, key, { state: 'cancelled', endedAt: now });
    }
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: 'restore.plan',
      entity: 'restore',
      entityId: id,
      facts: {
        mailboxId,
        targetMailboxId,
        sequence,
        selection: selection.kind,
        destination: destination.kind,
        collisions,
        ...(id === before.id ? {} : { insteadOf: before.id }),
      },
    });
    return { restoreId: id, dropped: drops && !isAtWork(before.state) };
  });
  if (dropped) {
    await ctx.deps.jobs
      .cancelRestore(key)
      // Its row has said that it is over; the story finds that by itself.
      .catch((err) => ctx.deps.log.error('the story of a dropped plan was not told', err));
  }
  await askForPlan(ctx, { ...key, restoreId });
  return { restoreId };
}

function isSamePlan(before: RestoreRow, wish: Wish, now: Date): boolean {
  const alive =
    before.state === 'planning' ||
    (before.state === 'planned' && isPlanFresh(before.plannedAt, now));
  return (
    alive &&
    before.collisions === wish.collisions &&
    isDeepStrictEqual(before.destination, wish.destination)
  );
}
