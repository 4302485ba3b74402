import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { busyCustomers, gatherIncidents, outsideTarget } from './gather.ts';

export interface CustomersNow {
  /** Ids of those for whom there is nothing to do. */
  quiet: string[];
  /** How many mailboxes have no good copy within the target, where there are any. */
  outside: { id: string; count: number }[];
}

/** What Tonight counts customers by, for the lists that its numbers lead to. */
export async function customersNow(ctx: ServiceContext): Promise<CustomersNow> {
  requirePermission(ctx, 'customers.read');
  const gathered = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    gatherIncidents(tx, ctx.mspId, ctx.clock.now()),
  );
  const busy = busyCustomers(gathered.incidents);
  return {
    quiet: gathered.rows.map(({ tenant }) => tenant.id).filter((id) => !busy.has(id)),
    outside: outsideTarget(gathered).map(({ id, count }) => ({ id, count })),
  };
}
