import { requirePermission, type ServiceContext } from '../context.ts';
import { listCustomerNames } from '../members/store.ts';
import { withScope } from '../transaction.ts';
import { auditScope } from './reach.ts';
import { listActors } from './store.ts';

export interface AuditActors {
  staff: { id: string; name: string }[];
  people: { id: string; name: string }[];
  customers: { id: string; name: string }[];
}

/** Whose entries one may look for, and of which customers. */
export async function auditActors(ctx: ServiceContext): Promise<AuditActors> {
  requirePermission(ctx, 'audit.read');
  const scope = auditScope(ctx, undefined);
  return await withScope(ctx.db, scope, async (tx) => ({
    ...(await listActors(tx, scope)),
    customers: await listCustomerNames(tx, scope.mspId),
  }));
}
