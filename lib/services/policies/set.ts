import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { requireStanding } from '../members/require-standing.ts';
import { withScope } from '../transaction.ts';
import { type PolicyView, viewPolicy } from './get.ts';
import { setPolicyInput } from './input.ts';
import { lockPolicy, savePolicy } from './store.ts';
import { tellSchedule } from './tell-schedule.ts';

/**
 * Says how often a customer is backed up, or that it is not for a while. The row changes first: a run
 * that begins asks it, so a pause holds whatever the schedule says. Then the schedule is told; where
 * that fails the same act, done once more, tells it again.
 */
export async function setPolicy(
  ctx: ServiceContext,
  input: z.input<typeof setPolicyInput>,
): Promise<PolicyView> {
  requirePermission(ctx, 'policies.manage');
  const { tenantId, everyMinutes, paused } = parse(setPolicyInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const policy = await withScope(ctx.db, scope, async (tx) => {
    await requireStanding(ctx, tx, 'policies.manage');
    const tenant = await loadTenant(tx, ctx.mspId, tenantId);
    const before = await lockPolicy(tx, scope);
    if (before === undefined) {
      throw new AppError(
        'conflict',
        `${tenant.name} is not connected yet, so there is nothing to change. Its first policy comes with the connection.`,
      );
    }
    if (before.everyMinutes === everyMinutes && before.paused === paused) return before;
    await savePolicy(tx, scope, before.id, { everyMinutes, paused });
    await audit(ctx, tx, {
      tenantId,
      action: 'policy.change',
      entity: 'policy',
      entityId: before.id,
      facts: {
        everyMinutes,
        paused,
        everyMinutesBefore: before.everyMinutes,
        pausedBefore: before.paused,
      },
    });
    return { ...before, everyMinutes, paused };
  });
  try {
    await tellSchedule(ctx, scope);
  } catch (cause) {
    throw new AppError(
      'internal',
      paused
        ? 'The pause is kept, and no backup begins. The schedule could not be told: save once more.'
        : 'The change is kept, but the schedule could not be told and goes on as before: save once more.',
      { retryable: true, cause },
    );
  }
  return viewPolicy(policy);
}
