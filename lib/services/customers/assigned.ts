import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { assignedStaff } from './store.ts';

export interface AssignedStaff {
  subject: string;
  name: string;
  customers: string[];
}

/** Staff who have to do with some customers only, by name. Whoever is not among them has all. */
export async function listAssigned(ctx: ServiceContext): Promise<AssignedStaff[]> {
  requirePermission(ctx, 'customers.read');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    assignedStaff(tx, ctx.mspId),
  );
}
