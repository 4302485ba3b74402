import type { z } from 'zod';
import type { RunState } from '#db/enums.ts';
import type { AuditAction } from '#lib/audit/actions.ts';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { runInput } from './input.ts';
import { lockRun, type RunRow, updateRun } from './store.ts';

export interface Steering {
  action: AuditAction;
  allowed(state: RunState): boolean;
  /** Undefined leaves the state to the story. */
  state: RunState | undefined;
  refusal: string;
  tell(ctx: ServiceContext, run: RunRow): Promise<void>;
}

/**
 * Pause, resume and cancel are alike: the row changes first, so that activities which look see it
 * at once, then the story is told. Where telling fails the row has spoken all the same.
 */
export async function steerRun(
  ctx: ServiceContext,
  input: z.input<typeof runInput>,
  steering: Steering,
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, ...parse(runInput, input) };
  requireReach(ctx, key);
  const run = await withScope(ctx.db, key, async (tx) => {
    const row = await lockRun(tx, key);
    if (!steering.allowed(row.state)) throw new AppError('conflict', steering.refusal);
    if (steering.state !== undefined) await updateRun(tx, key, { state: steering.state });
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: steering.action,
      entity: 'run',
      entityId: key.runId,
    });
    return row;
  });
  await steering.tell(ctx, run);
}
