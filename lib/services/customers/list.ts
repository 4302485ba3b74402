import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { summariseTenants } from './store.ts';
import { type CustomerRow, viewCustomerRow } from './view.ts';

export async function listCustomers(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<CustomerRow[]> {
  requirePermission(ctx, 'customers.read');
  const summaries = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    summariseTenants(tx, ctx.mspId),
  );
  return summaries.map(viewCustomerRow);
}
