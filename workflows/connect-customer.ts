import { sleep } from '@temporalio/workflow';
import type { ConnectInput } from '#lib/jobs/contract.ts';
import { controlActivities, directoryActivities } from './activity-options.ts';

/**
 * A new consent takes up to an hour to reach every part of Microsoft 365
 * (`research/graph.md` §1); a probe that is refused in the meantime proves nothing.
 */
const patience = { attempts: 60, firstWaitMs: 2_000, longestWaitMs: 60_000 };

/** From an administrator's consent to the first backup; one to restore alone begins none. */
export async function connectCustomerWorkflow(input: ConnectInput): Promise<void> {
  const source = directoryActivities({ responsive: true });
  for (let attempt = 0; attempt < patience.attempts; attempt++) {
    const { state } = await source.proveConnection(input);
    if (state === 'refused') return;
    if (state === 'connected') {
      await controlActivities().startFirstBackup({ mspId: input.mspId, tenantId: input.tenantId });
      return;
    }
    await sleep(Math.min(patience.firstWaitMs * 2 ** attempt, patience.longestWaitMs));
  }
}
