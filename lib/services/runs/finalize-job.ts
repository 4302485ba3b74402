import type { RunState } from '#db/enums.ts';
import { balances } from '#lib/exchange/outcome.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { withScope } from '../transaction.ts';
import { isOpen } from './rules.ts';
import { closeLeftovers, lockRun, type RunSums, sumRun, updateRun } from './store.ts';

export interface RunEnd {
  tenantId: string;
  runId: string;
  cancelled: boolean;
  /** Sentence of what stopped the run as a whole. */
  failure: string | null;
}

/** Adds a run up and says how it ended. A run that ended already is left as it is. */
export async function finalizeJob(ctx: ServiceContext, input: RunEnd): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, runId: input.runId };
  await withScope(ctx.db, key, async (tx) => {
    const run = await lockRun(tx, key);
    if (!isOpen(run.state)) return;
    const at = ctx.clock.now();
    // What stopped a run of a customer that was disconnected is that it was, whoever said so first.
    const { state: customer } = await loadTenant(tx, ctx.mspId, input.tenantId);
    const left = customer === 'disconnected' && input.failure !== null;
    const end = left ? { ...input, cancelled: true } : input;
    await closeLeftovers(tx, key, {
      shard: null,
      state: end.cancelled ? 'cancelled' : 'failed',
      cause: end.cancelled ? 'cancelled' : 'unreached',
      at,
    });
    const sums = await sumRun(tx, key);
    const { state, reason } = verdict(end, sums);
    const { enumerated, stored, reused, removed, skipped, failed } = sums;
    const { bytes, storedBytes, requests } = sums;
    await updateRun(tx, key, {
      ...{ state, reason, endedAt: at },
      ...{ enumerated, stored, reused, removed, skipped, failed },
      ...{ bytes, storedBytes, requests },
    });
    await audit(ctx, tx, {
      tenantId: input.tenantId,
      action: 'run.finish',
      entity: 'run',
      entityId: input.runId,
      facts: { state, mailboxes: sums.mailboxes, stored, skipped, failed },
    });
  });
  await keepFiguresAfter(ctx, { tenantId: input.tenantId });
}

function verdict(end: RunEnd, sums: RunSums): { state: RunState; reason: string | null } {
  if (end.cancelled) return { state: 'cancelled', reason: null };
  if (end.failure !== null) return { state: 'failed', reason: end.failure };
  const open = sums.mailboxes - sums.done;
  if (open > 0) {
    const reason = `${open} of ${sums.mailboxes} mailboxes have no new copy; each says why.`;
    return { state: sums.done === 0 ? 'failed' : 'incomplete', reason };
  }
  if (!balances(sums.enumerated, sums)) {
    return { state: 'incomplete', reason: 'Not every item that was listed is accounted for.' };
  }
  return { state: 'done', reason: null };
}
