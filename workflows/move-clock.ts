import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, sleep } from '@temporalio/workflow';
import { type AccountScope, ids, type MoveClockInput, stories } from '#lib/jobs/contract.ts';
import { billingActivities } from './activity-options.ts';

/** Moves the clock that an account lives on, and lets its days and months pass as if they had. */
export async function moveClockWorkflow(input: MoveClockInput): Promise<void> {
  const { mspId, accountId } = input;
  const account: AccountScope = { mspId, accountId };
  const control = billingActivities();
  for (;;) {
    const { arrived, done } = await control.nudgeClock({ ...input, go: false });
    if (!arrived) {
      await sleep('1s');
      continue;
    }
    await runAlone(stories.accountDay, ids.accountDay(accountId), account);
    for (const period of await control.monthsToClose(account)) {
      await runAlone(stories.closePeriod, ids.closePeriod(accountId, period), {
        ...account,
        period,
      });
    }
    if (done) return;
    await control.nudgeClock({ ...input, go: true });
  }
}

/** Runs a story to its end; one of its name that runs already is waited for first. */
async function runAlone(story: string, workflowId: string, input: object): Promise<void> {
  for (;;) {
    try {
      await executeChild(story, { workflowId, args: [input] });
      return;
    } catch (err) {
      if (!(err instanceof WorkflowExecutionAlreadyStartedError)) return;
      await sleep('1s');
    }
  }
}
