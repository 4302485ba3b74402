import { isCustomerRole } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { assignedStaff } from './store.ts';

export interface AssignedStaff {
  subject: string;
  name: string;
  customers: string[];
}

/**
 * Staff who have to do with some customers only, by name, each with those that whoever asks reaches.
 * Whoever is not among them has all, or none of these. Who looks after which customer is for staff to
 * know.
 */
export async function listAssigned(ctx: ServiceContext): Promise<AssignedStaff[]> {
  requirePermission(ctx, 'customers.read');
  if (ctx.actor.kind === 'user' && isCustomerRole(ctx.actor.role)) {
    throw new AppError('forbidden', 'Who looks after which customer is for your provider to know.');
  }
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    assignedStaff(tx, ctx.mspId),
  );
  const own = reachOf(ctx).customers;
  if (own === 'all') return rows;
  return rows
    .map((row) => ({ ...row, customers: row.customers.filter((id) => own.includes(id)) }))
    .filter(({ customers }) => customers.length > 0);
}
