import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { restoresStamp } from './store.ts';

/** Differs when the newest restores and downloads of all customers have something new to show. */
export async function stampRestores(ctx: ServiceContext): Promise<{ stamp: string }> {
  requirePermission(ctx, 'restores.read');
  const stamp = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    restoresStamp(tx, ctx.mspId),
  );
  return { stamp };
}
