import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { auditScope } from './reach.ts';
import { listActors } from './store.ts';

export interface AuditActors {
  staff: { id: string; name: string }[];
  people: { id: string; name: string }[];
}

/** Whose entries one may look for. */
export async function auditActors(ctx: ServiceContext): Promise<AuditActors> {
  requirePermission(ctx, 'audit.read');
  const scope = auditScope(ctx, undefined);
  return await withScope(ctx.db, scope, (tx) => listActors(tx, scope));
}
