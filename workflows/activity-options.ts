import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
} from '@temporalio/workflow';
import {
  type BackupActivities,
  type BillingActivities,
  type ControlActivities,
  type MaintenanceActivities,
  type Pace,
  queues,
  type RestoreActivities,
} from '#lib/jobs/contract.ts';

/**
 * Time-outs by cost. Attempts are unlimited and bounded by `scheduleToCloseTimeout`: each time
 * Microsoft says "later" counts as one, so a small number would be used up by a busy evening
 * (`research/temporal.md` §2.2).
 */

/** A worker that was killed is noticed after this long without a heartbeat. */
function heartbeat(pace: Pace): '5s' | '60s' {
  return pace.responsive ? '5s' : '60s';
}

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/** Small transactions on the catalogue. */
export function controlActivities(): ControlActivities {
  return proxyActivities<ControlActivities>({
    taskQueue: queues.control,
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '6h',
    heartbeatTimeout: '5s',
    retry: { ...retry, maximumInterval: '30s' },
  });
}

/** The ledger: a day of 100,000 mailboxes is read and written in one go. */
export function billingActivities(): BillingActivities {
  return proxyActivities<BillingActivities>({
    taskQueue: queues.control,
    startToCloseTimeout: '30m',
    scheduleToCloseTimeout: '20h',
    heartbeatTimeout: '5s',
    retry: { ...retry, maximumInterval: '1m' },
  });
}

/** Asking Stripe, where tomorrow does as well. */
export function triedActivities(): BillingActivities {
  return proxyActivities<BillingActivities>({
    taskQueue: queues.control,
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '10m',
    heartbeatTimeout: '5s',
    retry: { ...retry, maximumInterval: '30s', maximumAttempts: 4 },
  });
}

/** What has to arrive: until the next day's value takes its place. */
export function patientActivities(): BillingActivities {
  return proxyActivities<BillingActivities>({
    taskQueue: queues.control,
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: '20h',
    heartbeatTimeout: '5s',
    retry: { ...retry, maximumInterval: '10m' },
  });
}

/** The end of a month, which nothing takes the place of: Stripe may be away for days. */
export function closingActivities(): BillingActivities {
  return proxyActivities<BillingActivities>({
    taskQueue: queues.control,
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: '5d',
    heartbeatTimeout: '5s',
    retry: { ...retry, maximumInterval: '10m' },
  });
}

function long(taskQueue: string, pace: Pace): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: '20m',
    scheduleToCloseTimeout: '6h',
    heartbeatTimeout: heartbeat(pace),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  };
}

export function backupActivities(pace: Pace): BackupActivities {
  return proxyActivities<BackupActivities>(long(queues.graphBackup, pace));
}

/**
 * Two requests for each user of the organisation, in one go: 100,000 of them take more than an hour
 * (`lib/services/connect/graph-probe.ts`).
 */
export function directoryActivities(
  pace: Pace,
): Pick<BackupActivities, 'discoverMailboxes' | 'proveConnection'> {
  return proxyActivities<BackupActivities>({
    ...long(queues.graphBackup, pace),
    startToCloseTimeout: '3h',
  });
}

/** A mailbox of a million items takes long to plan and to write. */
export function restoreActivities(pace: Pace): RestoreActivities {
  return proxyActivities<RestoreActivities>({
    ...long(queues.graphRestore, pace),
    startToCloseTimeout: '2h',
  });
}

/** Somebody looks at a spinner: rather a quick failure than a late answer. */
export function promptActivities(): RestoreActivities {
  return proxyActivities<RestoreActivities>({
    taskQueue: queues.graphRestore,
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '1m',
    heartbeatTimeout: '10s',
    retry: { ...retry, maximumAttempts: 3 },
  });
}

/** Nobody waits for it and nothing depends on it. */
export function maintenanceActivities(): MaintenanceActivities {
  return proxyActivities<MaintenanceActivities>({
    taskQueue: queues.maintenance,
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: '30m',
    heartbeatTimeout: '30s',
    retry: { ...retry, maximumAttempts: 3 },
  });
}
