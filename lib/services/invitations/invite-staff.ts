import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireGrantable, requireKnown, requireWithin } from '../members/rules.ts';
import { customerNames } from '../members/store.ts';
import { withScope } from '../transaction.ts';
import { inviteStaffInput } from './input.ts';
import { type IssuedInvitation, issueInvitation } from './issue.ts';

/** A link that makes whoever signs in with it first a member of the MSP. */
export async function inviteStaff(
  ctx: ServiceContext,
  input: z.input<typeof inviteStaffInput>,
): Promise<IssuedInvitation> {
  requirePermission(ctx, 'members.manage');
  const { name, role, customers: wished } = parse(inviteStaffInput, input);
  const customers = wished === null ? null : [...new Set(wished)].sort();
  requireGrantable(ctx, role);
  if (role === 'owner' && customers !== null) {
    throw new AppError('input.invalid', 'An owner reaches every customer.', {
      data: { field: 'customers' },
    });
  }
  requireWithin(ctx, customers);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    requireKnown(customers, await customerNames(tx, ctx.mspId, customers ?? []));
    const issued = await issueInvitation(ctx, tx, { tenantId: null, name, role, customers });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'invitation.create',
      entity: 'invitation',
      entityId: issued.invitationId,
      facts: { name, role, customers: customers?.length ?? 'all' },
    });
    return issued;
  });
}
