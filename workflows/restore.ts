import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { RestoreInput } from '#lib/jobs/contract.ts';
import { controlActivities, restoreActivities } from './activity-options.ts';
import { failureSentence } from './failure-sentence.ts';

/** Where a cut history goes on. */
interface RestoreProgress extends RestoreInput {
  phase?: 'write' | 'verify';
  batch?: number;
}

/**
 * Executes a plan: writes batch after batch, then reads every batch back. Stops and reports when
 * something is beyond repair or somebody cancels; what was written stays, since half a restore is
 * of more use than none.
 */
export async function restoreWorkflow(input: RestoreProgress): Promise<void> {
  const restore: RestoreInput = {
    mspId: input.mspId,
    tenantId: input.tenantId,
    restoreId: input.restoreId,
  };
  const control = controlActivities();
  let failure: string | null = null;
  let cancellation: unknown;
  try {
    const opened = await control.openRestore(restore);
    const target = restoreActivities(opened);
    for (const phase of ['write', 'verify'] as const) {
      if (phase === 'write' && input.phase === 'verify') continue;
      const first = phase === input.phase ? (input.batch ?? 0) : 0;
      for (let batch = first; batch < opened.batches; batch++) {
        if (workflowInfo().continueAsNewSuggested) {
          return continueAsNew<typeof restoreWorkflow>({ ...restore, phase, batch });
        }
        if (phase === 'write') await target.restoreBatch({ ...restore, batch });
        else await target.verifyBatch({ ...restore, batch });
      }
    }
  } catch (err) {
    if (isCancellation(err)) cancellation = err;
    else failure = failureSentence(err);
  }
  await CancellationScope.nonCancellable(() =>
    control.finalizeRestore({ ...restore, cancelled: cancellation !== undefined, failure }),
  );
  if (cancellation !== undefined) throw cancellation;
}
