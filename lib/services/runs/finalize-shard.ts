import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { closeLeftovers } from './store.ts';

/** Names every mailbox of the shard that did not get to its end. */
export async function finalizeShard(
  ctx: ServiceContext,
  input: { tenantId: string; runId: string; shard: number; cancelled: boolean },
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, runId: input.runId };
  await withScope(ctx.db, key, (tx) =>
    closeLeftovers(tx, key, {
      shard: input.shard,
      state: input.cancelled ? 'cancelled' : 'failed',
      cause: input.cancelled ? 'cancelled' : 'unreached',
      at: ctx.clock.now(),
    }),
  );
}
