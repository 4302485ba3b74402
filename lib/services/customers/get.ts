import type { z } from 'zod';
import { listConnections } from '../connect/store.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import { tenantInput } from './input.ts';
import { summariseTenants } from './store.ts';
import { type CustomerView, viewCustomer } from './view.ts';

export async function getCustomer(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
): Promise<CustomerView> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(tenantInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const [summary] = await summariseTenants(tx, ctx.mspId, tenantId);
    if (summary === undefined) throw notFound();
    const links = await listConnections(tx, ctx.mspId, tenantId);
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    return viewCustomer(summary, links, policy);
  });
}
