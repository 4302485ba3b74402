import type { z } from 'zod';
import { listConnections } from '../connect/store.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { findVault, loadFleet, sumMailboxes } from '../figures/store.ts';
import { notFound, parse } from '../input.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import { tenantInput } from './input.ts';
import { type CustomerView, viewCustomer } from './view.ts';

export async function getCustomer(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
): Promise<CustomerView> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(tenantInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const scope = { mspId: ctx.mspId, tenantId };
    const [row] = await loadFleet(tx, ctx.mspId, [tenantId]);
    if (row === undefined) throw notFound();
    const links = await listConnections(tx, ctx.mspId, tenantId);
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    const boxes = await sumMailboxes(tx, scope);
    const vault = await findVault(tx, scope);
    return viewCustomer(row, links, { boxes, vault, policy, at: ctx.clock.now() });
  });
}
