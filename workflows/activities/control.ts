import { activityInfo } from '@temporalio/activity';
import type { ControlActivities } from '#lib/jobs/contract.ts';
import { finalizeRestore } from '#lib/services/restores/finalize.ts';
import { openRestore } from '#lib/services/restores/open.ts';
import { beginRun } from '#lib/services/runs/begin-run.ts';
import { claimMailboxes } from '#lib/services/runs/claim-mailboxes.ts';
import { finalizeJob } from '#lib/services/runs/finalize-job.ts';
import { finalizeShard } from '#lib/services/runs/finalize-shard.ts';
import { planRun } from '#lib/services/runs/plan-run.ts';
import { startFirstRun } from '#lib/services/runs/start.ts';
import { forActivity, type ProcessContext } from './for-activity.ts';

/** Small steps on the catalogue: nothing here needs a Graph credential or a vault key. */
export function createControlActivities(
  process: ProcessContext,
  pace: { responsive: boolean },
): ControlActivities {
  return {
    async beginRun(input) {
      const { workflowExecution } = activityInfo();
      if (workflowExecution === undefined) throw new Error('a run begins in a story');
      const runId = await beginRun(forActivity(process, input), input, workflowExecution);
      return { runId, responsive: pace.responsive };
    },
    planRun: (input) => planRun(forActivity(process, input), input),
    claimMailboxes: (input) => claimMailboxes(forActivity(process, input), input),
    finalizeShard: (input) => finalizeShard(forActivity(process, input), input),
    finalizeJob: (input) => finalizeJob(forActivity(process, input), input),
    async startFirstBackup(input) {
      await startFirstRun(forActivity(process, input), { tenantId: input.tenantId });
    },
    async openRestore(input) {
      const opened = await openRestore(forActivity(process, input), input);
      return { ...opened, responsive: pace.responsive };
    },
    finalizeRestore: (input) => finalizeRestore(forActivity(process, input), input),
  };
}
