import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RestoreInput } from '#lib/jobs/contract.ts';
import { controlActivities, restoreActivities } from './activity-options.ts';
import { failureSentence } from './failure-sentence.ts';

/** Looks at the snapshot and at the target, and writes down what a restore would do. */
export async function planRestoreWorkflow(input: RestoreInput): Promise<void> {
  try {
    await restoreActivities({ responsive: true }).buildRestorePlan(input);
  } catch (err) {
    const cancelled = isCancellation(err);
    await CancellationScope.nonCancellable(() =>
      controlActivities().finalizeRestore({
        ...input,
        cancelled,
        failure: cancelled ? null : failureSentence(err),
      }),
    );
    if (cancelled) throw err;
  }
}
