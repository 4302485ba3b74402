import type { RunPlan } from '#lib/jobs/contract.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import { shardCount } from './rules.ts';
import { planMailboxes, updateRun } from './store.ts';

/** Writes one line for each mailbox of the run and cuts them into shards. Safe to repeat. */
export async function planRun(
  ctx: ServiceContext,
  input: { tenantId: string; runId: string; mailboxIds?: readonly string[] },
): Promise<RunPlan> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, runId: input.runId };
  return await withScope(ctx.db, key, async (tx) => {
    const policy = await findPolicy(tx, ctx.mspId, input.tenantId);
    const plan = await planMailboxes(tx, key, {
      mailboxIds: input.mailboxIds ?? null,
      shardsOf: shardCount,
    });
    await updateRun(tx, key, { shards: plan.shards });
    return { ...plan, lanes: policy?.lanes ?? 1 };
  });
}
