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
    const [[row], links, policy, boxes, vault] = await Promise.all([
      loadFleet(tx, ctx.mspId, [tenantId]),
      listConnections(tx, ctx.mspId, tenantId),
      findPolicy(tx, ctx.mspId, tenantId),
      sumMailboxes(tx, scope),
      findVault(tx, scope),
    ]);
    if (row === undefined) throw notFound();
    return viewCustomer(row, links, { boxes, vault, policy, at: ctx.clock.now() });
  });
}
