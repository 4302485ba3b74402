import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { listCustomerNames } from './store.ts';

/** The customers somebody can be assigned to by whoever asks: those they reach themselves. */
export async function assignableCustomers(
  ctx: ServiceContext,
): Promise<{ id: string; name: string }[]> {
  requirePermission(ctx, 'members.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listCustomerNames(tx, ctx.mspId),
  );
}
