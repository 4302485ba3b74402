import type { RestoreState } from '#db/enums.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { releaseOwned } from '../leases/hold.ts';
import { withScope } from '../transaction.ts';
import { isAtWork } from './rules.ts';
import { countLines, lockRestore, updateRestore } from './store.ts';
import { restoreOwner } from './target.ts';

export interface RestoreEnd {
  tenantId: string;
  restoreId: string;
  cancelled: boolean;
  /** Sentence of what stopped it. */
  failure: string | null;
}

/** Says how a restore ended and lets go of the mailbox. What ended already stays as it is. */
export async function finalizeRestore(ctx: ServiceContext, input: RestoreEnd): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, restoreId: input.restoreId };
  const restore = await withScope(ctx.db, key, async (tx) => {
    const row = await lockRestore(tx, key);
    const open = isAtWork(row.state) || row.state === 'planning';
    if (!open) return row;
    const counts = await countLines(tx, key);
    const state: RestoreState = input.cancelled
      ? 'cancelled'
      : input.failure !== null
        ? 'failed'
        : 'done';
    await updateRestore(tx, key, {
      state,
      refusal: input.failure,
      outcome: counts,
      endedAt: ctx.clock.now(),
    });
    await audit(ctx, tx, {
      tenantId: input.tenantId,
      action: 'restore.finish',
      entity: 'restore',
      entityId: input.restoreId,
      facts: {
        state,
        verified: counts.verified,
        skipped: counts.skipped,
        failed: counts.failed + counts.differs,
      },
    });
    return row;
  });
  await releaseOwned(ctx, {
    tenantId: input.tenantId,
    mailboxId: restore.targetMailboxId,
    owner: restoreOwner(input.restoreId),
  });
}
