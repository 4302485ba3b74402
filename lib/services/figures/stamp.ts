import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { fleetStamp } from './store.ts';

/** Differs when a page about all customers has something new to show. Cheap: pages ask it often. */
export async function stampFleet(ctx: ServiceContext): Promise<{ stamp: string }> {
  requirePermission(ctx, 'customers.read');
  const stamp = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    fleetStamp(tx, ctx.mspId),
  );
  return { stamp };
}
