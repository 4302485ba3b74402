import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { lockRestore, type RestoreKey, updateRestore } from './store.ts';

/** Starts the story that makes a plan; where it cannot be started, the restore says so. */
export async function askForPlan(ctx: ServiceContext, key: RestoreKey): Promise<void> {
  const { mspId, tenantId, restoreId } = key;
  try {
    await ctx.deps.jobs.startPlanRestore({ mspId, tenantId, restoreId });
  } catch (err) {
    await withScope(ctx.db, key, async (tx) => {
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
}
