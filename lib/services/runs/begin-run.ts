import { addMs } from '#lib/core/clock.ts';
import type { BackupJobInput } from '#lib/jobs/contract.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { findPolicy } from '../policies/store.ts';
import { tellSchedule } from '../policies/tell-schedule.ts';
import { withScope } from '../transaction.ts';
import { finalizeJob } from './finalize-job.ts';
import { isOpen } from './rules.ts';
import {
  addRun,
  findOpenRun,
  findRun,
  lockPolicyRuns,
  lockRun,
  type RunRow,
  updateRun,
} from './store.ts';

/** Longer than the portal waits for a story to start. */
const startingMs = 60_000;

/** The story that asks; its run id is the same in every attempt. */
export interface Story {
  workflowId: string;
  runId: string;
}

/**
 * Opens the run of a story: the one that was asked for by hand, or a new one for the schedule.
 * @returns null when there is nothing to do: the policy is paused, the customer is not connected, or
 *   another run of the policy is going on
 */
export async function beginRun(
  ctx: ServiceContext,
  input: BackupJobInput,
  story: Story,
): Promise<string | null> {
  requirePermission(ctx, 'backups.run');
  if (input.runId !== undefined) return await beginAsked(ctx, input.tenantId, input.runId);
  for (;;) {
    const result = await beginScheduled(ctx, input, story);
    if ('left' in result) {
      // Whoever disconnected the customer could not tell the schedule: what it starts does.
      await tellSchedule(ctx, { mspId: ctx.mspId, tenantId: input.tenantId });
      return null;
    }
    if ('runId' in result) return result.runId;
    const { other } = result;
    if (isFresh(ctx, other) || (await ctx.deps.jobs.isRunning(other.workflowId))) {
      ctx.deps.log.info('a run stands back for the one before it', { runId: other.id });
      return null;
    }
    // Stopped by an operator from outside: nobody is left who could end its row. Where it ended by
    // itself while we asked, it stays as it is.
    await finalizeJob(ctx, {
      tenantId: input.tenantId,
      runId: other.id,
      cancelled: false,
      failure: 'It was stopped from outside before it was finished.',
    });
  }
}

/** Asked for by hand, and its story is only just being started. */
function isFresh(ctx: ServiceContext, { state, createdAt }: RunRow): boolean {
  return state === 'queued' && ctx.clock.now() < addMs(createdAt, startingMs);
}

async function beginAsked(
  ctx: ServiceContext,
  tenantId: string,
  runId: string,
): Promise<string | null> {
  const key = { mspId: ctx.mspId, tenantId, runId };
  return await withScope(ctx.db, key, async (tx) => {
    const run = await lockRun(tx, key);
    if (!isOpen(run.state)) return null;
    // One that was paused before it began stays paused, and has begun all the same.
    await updateRun(tx, key, {
      state: run.state === 'queued' ? 'running' : run.state,
      startedAt: run.startedAt ?? ctx.clock.now(),
    });
    return runId;
  });
}

async function beginScheduled(
  ctx: ServiceContext,
  input: BackupJobInput,
  story: Story,
): Promise<{ runId: string | null } | { other: RunRow } | { left: true }> {
  const scope = { mspId: ctx.mspId, tenantId: input.tenantId };
  const key = { ...scope, runId: story.runId };
  return await withScope(ctx.db, scope, async (tx) => {
    await lockPolicyRuns(tx, input.policyId);
    const before = await findRun(tx, key);
    if (before !== undefined) return { runId: isOpen(before.state) ? before.id : null };
    const tenant = await loadTenant(tx, ctx.mspId, input.tenantId);
    const policy = await findPolicy(tx, ctx.mspId, input.tenantId);
    if (tenant.state === 'disconnected') return { left: true };
    if (tenant.state !== 'connected' || policy === undefined || policy.paused)
      return { runId: null };
    const other = await findOpenRun(tx, { ...scope, policyId: input.policyId });
    if (other !== undefined) return { other };
    const now = ctx.clock.now();
    await addRun(tx, {
      ...scope,
      id: story.runId,
      policyId: input.policyId,
      workflowId: story.workflowId,
      trigger: input.trigger,
      state: 'running',
      createdAt: now,
      startedAt: now,
    });
    await audit(ctx, tx, {
      tenantId: input.tenantId,
      action: 'run.start',
      entity: 'run',
      entityId: story.runId,
      facts: { trigger: input.trigger },
    });
    return { runId: story.runId };
  });
}
