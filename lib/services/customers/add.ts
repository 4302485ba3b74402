import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { audit, reachOf, requirePermission, type ServiceContext } from '../context.ts';
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
  if (reachOf(ctx).customers !== 'all') {
    throw new AppError(
      'forbidden',
      'Only some customers are assigned to you or your key, and a new one would not be among them. Ask an owner of your organisation to add it.',
    );
  }
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
