import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { TemporalConfig } from '#lib/core/config.ts';
import { silentLog } from '#lib/core/log.ts';
import {
  type BackupActivities,
  type BillingActivities,
  type ControlActivities,
  type MaintenanceActivities,
  queues,
  type RestoreActivities,
} from '#lib/jobs/contract.ts';
import { activityInterceptors } from '#workflows/failures.ts';

export interface FakeActivities {
  control?: Partial<ControlActivities & BillingActivities>;
  backup?: Partial<BackupActivities>;
  restore?: Partial<RestoreActivities>;
  maintenance?: Partial<MaintenanceActivities>;
}

const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

export const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));

/** Workers for the real stories over activities of the test's own. */
export async function startStoryWorker(
  temporal: TemporalConfig,
  activities: FakeActivities,
): Promise<{ stop(): Promise<void> }> {
  try {
    Runtime.install({ logger: quiet, shutdownSignals: [] });
  } catch {
    // One a process; an earlier test made it.
  }
  const connection = await NativeConnection.connect({ address: temporal.address });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  const make = (taskQueue: string, own: object | undefined, stories: boolean) =>
    Worker.create({
      connection,
      namespace: temporal.namespace,
      taskQueue,
      activities: own ?? {},
      interceptors: { activity: [activityInterceptors(silentLog)] },
      maxHeartbeatThrottleInterval: '200ms',
      defaultHeartbeatThrottleInterval: '200ms',
      shutdownForceTime: '5s',
      ...(stories ? { workflowBundle, stickyQueueScheduleToStartTimeout: '1s' } : {}),
    });
  const workers = await Promise.all([
    make(queues.control, activities.control, true),
    ...(activities.backup ? [make(queues.graphBackup, activities.backup, false)] : []),
    ...(activities.restore ? [make(queues.graphRestore, activities.restore, false)] : []),
    ...(activities.maintenance ? [make(queues.maintenance, activities.maintenance, false)] : []),
  ]);
  const runs = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await connection.close();
    },
  };
}
