import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { addCustomerInput } from './input.ts';
import { type IssuedLink, issueLink } from './issue-link.ts';
import { addTenant } from './store.ts';

/** A customer that is not connected yet, and the link its administrator needs. */
export async function addCustomer(
  ctx: ServiceContext,
  input: z.input<typeof addCustomerInput>,
): Promise<IssuedLink> {
  requirePermission(ctx, 'customers.connect');
  const { name } = parse(addCustomerInput, input);
  const tenantId = newId();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await addTenant(tx, { id: tenantId, mspId: ctx.mspId, name, createdAt: ctx.clock.now() });
    const issued = await issueLink(ctx, tx, tenantId, ['backup', 'restore']);
    await audit(ctx, tx, {
      tenantId,
      action: 'customer.add',
      entity: 'customer',
      entityId: tenantId,
      facts: { name },
    });
    return issued;
  });
}
