import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import type { runInput } from './input.ts';
import { canCancel, isOpen } from './rules.ts';
import { steerRun } from './steer.ts';
import { lockRun, type RunRow, updateRun } from './store.ts';

/** Ends a run early. Finished mailboxes keep their new copy, the others their last one. */
export function cancelRun(ctx: ServiceContext, input: z.input<typeof runInput>): Promise<void> {
  return steerRun(ctx, input, {
    action: 'run.cancel',
    allowed: canCancel,
    state: undefined,
    refusal: 'This run has ended already.',
    tell: tellCancel,
  });
}

/** Tells the story of a run that it is over. Told twice, it ends once. */
export async function tellCancel(ctx: ServiceContext, run: RunRow): Promise<void> {
  await ctx.deps.jobs.cancelBackup(run.workflowId);
  if (!(await ctx.deps.jobs.isRunning(run.workflowId))) await endOrphan(ctx, run);
}

/** A run without a story (its start was lost, or an operator stopped it) has nobody else to end it. */
async function endOrphan(ctx: ServiceContext, { tenantId, id }: RunRow): Promise<void> {
  const key = { mspId: ctx.mspId, tenantId, runId: id };
  await withScope(ctx.db, key, async (tx) => {
    const { state } = await lockRun(tx, key);
    if (isOpen(state)) await updateRun(tx, key, { state: 'cancelled', endedAt: ctx.clock.now() });
  });
}
