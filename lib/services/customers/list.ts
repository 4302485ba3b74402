import { requirePermission, type ServiceContext } from '../context.ts';
import { loadFleet } from '../figures/store.ts';
import { withScope } from '../transaction.ts';
import { type CustomerRow, viewCustomerRow } from './view.ts';

/** By name. Figures are those the worker kept last, and `asOf` is their age. */
export async function listCustomers(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<CustomerRow[]> {
  requirePermission(ctx, 'customers.read');
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    loadFleet(tx, ctx.mspId),
  );
  const now = ctx.clock.now();
  return rows.map((row) => viewCustomerRow(row, now));
}
