import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { RunTrigger, TenantState } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { ids } from '#lib/jobs/contract.ts';
import { listConnections } from '../connect/store.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import { startRunInput } from './input.ts';
import {
  addRun,
  findOpenRun,
  hasWholeRunSince,
  lockPolicyRuns,
  lockRun,
  updateRun,
} from './store.ts';

export interface StartedRun {
  runId: string;
  /** True when a run was going on already: this is its id. */
  joined: boolean;
}

/**
 * Starts a backup now. Who asks for every mailbox joins the run that is going on; who names some is
 * refused meanwhile, since nothing says that the run which is going on has these.
 * @throws AppError `conflict` when some were named and a run is going on
 */
export function startRun(
  ctx: ServiceContext,
  input: z.input<typeof startRunInput>,
): Promise<StartedRun> {
  return start(ctx, input, 'manual');
}

/**
 * The first backup since the approval to back up was proved. Each approval that is proved asks for it,
 * that to restore too, and so does each repeat: null where it has begun already, or where the customer
 * can no longer be backed up.
 */
export async function startFirstRun(
  ctx: ServiceContext,
  input: { tenantId: string },
): Promise<StartedRun | null> {
  try {
    return await start(ctx, input, 'onboarding');
  } catch (err) {
    if (err instanceof NotOwed) return null;
    throw err;
  }
}

class NotOwed extends Error {}

async function isOwed(
  tx: Transaction,
  tenant: { mspId: string; id: string; state: TenantState },
): Promise<boolean> {
  if (tenant.state !== 'connected') return false;
  const scope = { mspId: tenant.mspId, tenantId: tenant.id };
  const links = await listConnections(tx, scope.mspId, scope.tenantId);
  const proved = links.find(({ app }) => app === 'backup')?.verifiedAt ?? null;
  return proved !== null && !(await hasWholeRunSince(tx, scope, proved));
}

async function start(
  ctx: ServiceContext,
  input: z.input<typeof startRunInput>,
  trigger: RunTrigger,
): Promise<StartedRun> {
  requirePermission(ctx, 'backups.run');
  const { tenantId, mailboxIds } = parse(startRunInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const { run, joined } = await withScope(ctx.db, scope, async (tx) => {
    const tenant = await loadTenant(tx, ctx.mspId, tenantId);
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    if (policy !== undefined) await lockPolicyRuns(tx, policy.id);
    if (trigger === 'onboarding' && !(await isOwed(tx, tenant))) throw new NotOwed();
    if (policy === undefined || tenant.state === 'connecting') {
      throw new AppError(
        'consent.missing',
        `${tenant.name} is not connected yet. Send its administrator the link first.`,
      );
    }
    if (tenant.state === 'disconnected') {
      throw new AppError(
        'consent.missing',
        `${tenant.name} was disconnected. Its copies are kept. Send its administrator a new link to back it up again.`,
      );
    }
    if (tenant.state !== 'connected') {
      throw new AppError(
        'consent.missing',
        `Microsoft no longer accepts Holdfast at ${tenant.name}. Its copies are kept. Send its administrator a new link.`,
      );
    }
    const open = await findOpenRun(tx, { ...scope, policyId: policy.id });
    if (open !== undefined && mailboxIds !== undefined) {
      throw new AppError(
        'conflict',
        `A backup of ${tenant.name} is going on. Wait until it has ended, then start one of single mailboxes.`,
      );
    }
    if (open !== undefined) return { run: open, joined: true };
    const runId = newId();
    const row = {
      ...scope,
      id: runId,
      policyId: policy.id,
      workflowId: ids.backup(tenantId, policy.id, runId),
      trigger,
      state: 'queued' as const,
      requestedBy: actorName(ctx.actor),
      createdAt: ctx.clock.now(),
    };
    await addRun(tx, row);
    await audit(ctx, tx, {
      tenantId,
      action: 'run.start',
      entity: 'run',
      entityId: runId,
      facts: { trigger, mailboxes: mailboxIds?.length ?? null },
    });
    return { run: row, joined: false };
  });
  // A run that is queued may have lost its start to a crash: starting it once more joins or mends.
  // Only who asks for every mailbox gets here, so a run can become wider this way and never narrower.
  if (joined && run.state !== 'queued') return { runId: run.id, joined };
  try {
    await ctx.deps.jobs.startBackup({
      ...scope,
      policyId: run.policyId,
      trigger: run.trigger,
      runId: run.id,
      ...(mailboxIds === undefined ? {} : { mailboxIds }),
    });
  } catch (err) {
    const key = { ...scope, runId: run.id };
    await withScope(ctx.db, scope, async (tx) => {
      // The answer may be what was lost, and the run be at work.
      if ((await lockRun(tx, key)).state !== 'queued') return;
      await updateRun(tx, key, {
        state: 'failed',
        reason: 'The workflow service did not answer, so this run never began.',
        endedAt: ctx.clock.now(),
      });
    });
    throw err;
  }
  return { runId: run.id, joined };
}
