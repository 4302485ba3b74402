import type { Claim } from '#lib/jobs/contract.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { claimPage } from './store.ts';

/** The next mailboxes of a shard. Reads only: a claim that is lost on its way is asked for again. */
export async function claimMailboxes(
  ctx: ServiceContext,
  input: { tenantId: string; runId: string; shard: number; cursor: string; count: number },
): Promise<Claim> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, runId: input.runId };
  const page = await withScope(ctx.db, key, (tx) =>
    claimPage(tx, key, {
      shard: input.shard,
      after: input.cursor === '' ? 0 : Number(input.cursor),
      count: input.count,
    }),
  );
  const last = page.at(-1);
  return {
    mailboxIds: page.map((line) => line.mailboxId),
    cursor: last === undefined || page.length < input.count ? null : String(last.position),
  };
}
