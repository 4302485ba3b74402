import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type BackupJobInput,
  type BegunRun,
  ids,
  priorities,
  type RunInput,
  type RunPlan,
  type Scope,
  type ShardInput,
  stories,
  updates,
} from '#lib/jobs/contract.ts';
import {
  controlActivities,
  directoryActivities,
  maintenanceActivities,
} from './activity-options.ts';
import { shardControl } from './backup-shard.ts';
import { failureSentence } from './failure-sentence.ts';

export const pauseJob = defineUpdate<void>(updates.pauseJob);
export const resumeJob = defineUpdate<void>(updates.resumeJob);

/** Which shards are at work, so that pause and resume reach them. */
interface Shards {
  paused: boolean;
  /** Which change of mind `paused` is: a shard heeds none that is older than what it knows. */
  order: number;
  running: Set<number>;
}

/** One run of a policy over a tenant: find the mailboxes, back them up in shards, add up. */
export async function backupJobWorkflow(input: BackupJobInput): Promise<void> {
  const shards: Shards = { paused: false, order: 0, running: new Set() };
  const steer = (paused: boolean) => async () => {
    shards.paused = paused;
    shards.order++;
    await Promise.all([...shards.running].map((shard) => tell(shard, shards)));
  };
  setHandler(pauseJob, steer(true));
  setHandler(resumeJob, steer(false));

  const control = controlActivities();
  const begun = await control.beginRun(input);
  if (begun.runId === null) return;
  const run: RunInput = { mspId: input.mspId, tenantId: input.tenantId, runId: begun.runId };
  let failure: string | null = null;
  let cancellation: unknown;
  try {
    await backUp(run, begun, input, shards);
  } catch (err) {
    if (isCancellation(err)) cancellation = err;
    else failure = failureSentence(err);
  }
  await CancellationScope.nonCancellable(async () => {
    await control.finalizeJob({ ...run, cancelled: cancellation !== undefined, failure });
    await condition(allHandlersFinished);
  });
  if (cancellation !== undefined) throw cancellation;
}

async function backUp(
  run: RunInput,
  pace: BegunRun,
  input: BackupJobInput,
  shards: Shards,
): Promise<void> {
  await directoryActivities(pace).discoverMailboxes(run);
  const plan = await controlActivities().planRun({
    ...run,
    ...(input.mailboxIds === undefined ? {} : { mailboxIds: input.mailboxIds }),
  });
  await Promise.all(
    Array.from({ length: plan.shards }, (_, shard) =>
      runShard(firstInput(run, pace, plan, shard, shards), input, shards),
    ),
  );
  await keepHouse({ mspId: run.mspId, tenantId: run.tenantId });
}

/** Worth doing once a run, and never worth a failed one. */
async function keepHouse(scope: Scope): Promise<void> {
  const maintenance = maintenanceActivities();
  for (const chore of [maintenance.measureVault, maintenance.dropExpiredExports]) {
    await chore(scope).catch((err) => {
      if (isCancellation(err)) throw err;
    });
  }
}

function firstInput(
  run: RunInput,
  pace: BegunRun,
  plan: RunPlan,
  shard: number,
  { paused, order }: Shards,
): ShardInput {
  return {
    ...run,
    responsive: pace.responsive,
    shard,
    lanes: plan.lanes,
    cursor: '',
    exhausted: false,
    counters: { done: 0, more: 0, deferred: 0, failed: 0 },
    paused,
    order,
    carry: [],
  };
}

async function runShard(shard: ShardInput, input: BackupJobInput, shards: Shards): Promise<void> {
  const child = await startChild(stories.backupShard, {
    workflowId: ids.shard(workflowInfo().workflowId, shard.shard),
    args: [shard],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    priority: {
      priorityKey: input.trigger === 'schedule' ? priorities.scheduled : priorities.manual,
      fairnessKey: input.tenantId,
    },
  });
  shards.running.add(shard.shard);
  try {
    // Somebody may have paused or resumed while it was not yet there to be told.
    if (shards.paused !== shard.paused) await tell(shard.shard, shards);
    await child.result();
  } finally {
    shards.running.delete(shard.shard);
  }
}

/** By workflow id without a run id, so that it reaches the shard after it continued as new. */
async function tell(shard: number, { paused, order }: Shards): Promise<void> {
  const handle = getExternalWorkflowHandle(ids.shard(workflowInfo().workflowId, shard));
  // A shard that has just ended needs no telling.
  await handle.signal(shardControl, { paused, order }).catch(() => {});
}
