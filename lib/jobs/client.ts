import {
  Client,
  Connection,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { addMs, systemClock } from '#lib/core/clock.ts';
import type { TemporalConfig } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import {
  type AccountDayInput,
  type BackupJobInput,
  type ClosePeriodInput,
  type ConnectInput,
  type ExportInput,
  ids,
  type MoveClockInput,
  priorities,
  queues,
  type ReadItemInput,
  type RestoreInput,
  type Scope,
  searchAttributes,
  stories,
  updates,
} from './contract.ts';

/** How long a person waits for the frontend of Temporal before they are told. */
const deadlineMs = 10_000;

const tenantKey = defineSearchAttributeKey(searchAttributes.tenant, 'KEYWORD');
const kindKey = defineSearchAttributeKey(searchAttributes.kind, 'KEYWORD');

type Kind = keyof typeof stories;

export interface JobsClient {
  startConnect(input: ConnectInput): Promise<void>;
  startBackup(input: BackupJobInput): Promise<{ workflowId: string }>;
  pauseBackup(workflowId: string): Promise<void>;
  resumeBackup(workflowId: string): Promise<void>;
  cancelBackup(workflowId: string): Promise<void>;
  /** False once it has ended, whichever way, and where it never began. */
  isRunning(workflowId: string): Promise<boolean>;
  startPlanRestore(input: RestoreInput): Promise<void>;
  startRestore(input: RestoreInput): Promise<void>;
  cancelRestore(input: RestoreInput): Promise<void>;
  startExport(input: ExportInput): Promise<void>;
  cancelExport(input: ExportInput): Promise<void>;
  startReadItem(input: ReadItemInput): Promise<void>;
  startAccountDay(input: AccountDayInput): Promise<void>;
  startClosePeriod(input: ClosePeriodInput): Promise<void>;
  startStripeEvent(input: { noticeId: string }): Promise<void>;
  startMoveClock(input: MoveClockInput): Promise<void>;
  /** The night of billing; made where it is not there. */
  ensureBillingSchedule(): Promise<void>;
  ensureSchedule(
    input: Scope & { policyId: string; everyMinutes: number; paused: boolean },
  ): Promise<void>;
  pauseSchedule(input: Scope & { policyId: string; paused: boolean }): Promise<void>;
  close(): Promise<void>;
}

/**
 * A client of Temporal for the portal, the launcher and the worker's own activities. Connects at
 * the first call. Every call has a deadline, and fails with AppError `internal`, retryable, when
 * Temporal does not answer.
 */
export async function createJobs(config: TemporalConfig): Promise<JobsClient> {
  const connection = Connection.lazy({
    address: config.address,
    ...(config.apiKey === undefined ? {} : { apiKey: config.apiKey }),
    tls: config.tls,
  });
  const client = new Client({ connection, namespace: config.namespace });

  const call = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await connection.withDeadline(addMs(systemClock.now(), deadlineMs), act);
    } catch (err) {
      throw explain(err);
    }
  };

  const start = (
    kind: Kind,
    workflowId: string,
    input: Scope,
    priorityKey: number,
  ): Promise<void> =>
    call(async () => {
      try {
        await client.workflow.start(stories[kind], {
          workflowId,
          taskQueue: queues.control,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          priority: { priorityKey, fairnessKey: input.tenantId },
          typedSearchAttributes: labels(kind, input.tenantId),
        });
      } catch (err) {
        if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
      }
    });

  /** Stories of an account; joins the one that runs. */
  const startBilling = (kind: Kind, workflowId: string, input: object): Promise<void> =>
    call(async () => {
      try {
        await client.workflow.start(stories[kind], {
          workflowId,
          taskQueue: queues.control,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          priority: { priorityKey: priorities.manual },
        });
      } catch (err) {
        if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
      }
    });

  return {
    startConnect: (input) =>
      start('connectCustomer', ids.connect(input.linkId, input.approval), input, priorities.manual),
    async startBackup(input) {
      const workflowId = ids.backup(input.tenantId, input.policyId, input.runId);
      await start('backupJob', workflowId, input, priorities.manual);
      return { workflowId };
    },
    pauseBackup: (workflowId) =>
      call(() => client.workflow.getHandle(workflowId).executeUpdate<void, []>(updates.pauseJob)),
    resumeBackup: (workflowId) =>
      call(() => client.workflow.getHandle(workflowId).executeUpdate<void, []>(updates.resumeJob)),
    cancelBackup: (workflowId) => call(() => cancel(client, workflowId)),
    isRunning: (workflowId) =>
      call(async () => {
        try {
          const { status } = await client.workflow.getHandle(workflowId).describe();
          return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
        } catch (err) {
          if (err instanceof WorkflowNotFoundError) return false;
          throw err;
        }
      }),
    startPlanRestore: (input) =>
      start(
        'planRestore',
        ids.planRestore(input.tenantId, input.restoreId),
        input,
        priorities.restore,
      ),
    startRestore: (input) =>
      start('restore', ids.restore(input.tenantId, input.restoreId), input, priorities.restore),
    cancelRestore: (input) =>
      call(async () => {
        await cancel(client, ids.planRestore(input.tenantId, input.restoreId));
        await cancel(client, ids.restore(input.tenantId, input.restoreId));
      }),
    startExport: (input) =>
      start(
        'exportItems',
        ids.exportItems(input.tenantId, input.exportId),
        input,
        priorities.restore,
      ),
    cancelExport: (input) =>
      call(() => cancel(client, ids.exportItems(input.tenantId, input.exportId))),
    startReadItem: (input) =>
      start('readItem', ids.readItem(input.tenantId, input.previewId), input, priorities.restore),
    startAccountDay: (input) => startBilling('accountDay', ids.accountDay(input.accountId), input),
    startClosePeriod: (input) =>
      startBilling('closePeriod', ids.closePeriod(input.accountId, input.period), input),
    startStripeEvent: (input) =>
      startBilling('stripeEvent', ids.stripeEvent(input.noticeId), input),
    startMoveClock: (input) => startBilling('moveClock', ids.moveClock(input.accountId), input),
    ensureBillingSchedule: () => call(() => ensureBillingSchedule(client)),
    ensureSchedule: (input) => call(() => ensureSchedule(client, input)),
    pauseSchedule: (input) =>
      call(async () => {
        const handle = client.schedule.getHandle(ids.schedule(input.tenantId, input.policyId));
        await (input.paused ? handle.pause() : handle.unpause());
      }),
    close: () => connection.close(),
  };
}

function labels(kind: Kind, tenantId: string): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: tenantKey, value: tenantId },
    { key: kindKey, value: kind },
  ]);
}

/** Cancelling what has ended already is no error. */
async function cancel(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).cancel();
  } catch (err) {
    if (!(err instanceof WorkflowNotFoundError)) throw err;
  }
}

/**
 * One schedule for each policy. Every option that differs from Temporal's default differs for a
 * reason (`research/temporal.md` §1): without a short catch-up window an outage of a day would be
 * followed by a day's worth of runs at once, and jitter keeps tenants apart. A schedule cannot carry a
 * priority; the job gives one to its children.
 */
async function ensureSchedule(
  client: Client,
  input: Scope & { policyId: string; everyMinutes: number; paused: boolean },
): Promise<void> {
  const scheduleId = ids.schedule(input.tenantId, input.policyId);
  const jitterMinutes = Math.min(Math.floor(input.everyMinutes / 2), 120);
  const job: BackupJobInput = {
    mspId: input.mspId,
    tenantId: input.tenantId,
    policyId: input.policyId,
    trigger: 'schedule',
  };
  const options = {
    scheduleId,
    spec: {
      intervals: [{ every: `${input.everyMinutes}m` }],
      jitter: `${jitterMinutes}m`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' },
    action: {
      type: 'startWorkflow',
      workflowType: stories.backupJob,
      workflowId: ids.backup(input.tenantId, input.policyId),
      taskQueue: queues.control,
      args: [job],
      typedSearchAttributes: labels('backupJob', input.tenantId),
    },
    state: { paused: input.paused },
  } satisfies ScheduleOptions;
  try {
    await client.schedule.create(options);
  } catch (err) {
    if (!(err instanceof ScheduleAlreadyRunning)) throw err;
    // An update replaces spec, action, policies and the paused flag whole, so all are given.
    await client.schedule.getHandle(scheduleId).update((previous) => ({
      ...previous,
      spec: options.spec,
      policies: options.policies,
      action: options.action,
      state: { ...previous.state, paused: input.paused },
    }));
  }
}

/**
 * One night of billing for the whole house, at 02:00 UTC. It finds the days that were missed by
 * itself, so one late start does for all of them. On the first of a month also at 00:05: Stripe makes
 * a draft final after an hour, and its notice may never arrive.
 */
async function ensureBillingSchedule(client: Client): Promise<void> {
  const options = {
    scheduleId: ids.billingSchedule,
    spec: {
      calendars: [
        { hour: 2, minute: 0 },
        { dayOfMonth: 1, hour: 0, minute: 5 },
      ],
    },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '2 days' },
    action: {
      type: 'startWorkflow',
      workflowType: stories.billingDay,
      workflowId: ids.billingSchedule,
      taskQueue: queues.control,
      args: [{}],
    },
  } satisfies ScheduleOptions;
  try {
    await client.schedule.create(options);
  } catch (err) {
    if (!(err instanceof ScheduleAlreadyRunning)) throw err;
    // One that was made by an earlier version is brought to these times.
    await client.schedule.getHandle(ids.billingSchedule).update((previous) => ({
      ...previous,
      spec: options.spec,
      policies: options.policies,
      action: options.action,
    }));
  }
}

function explain(err: unknown): AppError {
  if (err instanceof AppError) return err;
  if (err instanceof WorkflowNotFoundError) {
    return new AppError('conflict', 'It has ended already.', { cause: err });
  }
  return new AppError(
    'internal',
    'The workflow service did not answer. Nothing was changed; try again.',
    { retryable: true, cause: err },
  );
}
