import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { invitePersonInput } from './input.ts';
import { type IssuedInvitation, issueInvitation } from './issue.ts';

/**
 * A link for somebody of a customer: an administrator, who sees every mailbox there, or the owner of
 * one. It opens for accounts of the customer's own organisation alone.
 */
export async function invitePerson(
  ctx: ServiceContext,
  input: z.input<typeof invitePersonInput>,
): Promise<IssuedInvitation> {
  requirePermission(ctx, 'people.manage');
  const { tenantId, name, role, mailboxId } = parse(invitePersonInput, input);
  requireReach(ctx, mailboxId === undefined ? { tenantId } : { tenantId, mailboxId });
  if (role === 'mailbox-owner' && mailboxId === undefined) {
    throw new AppError('input.invalid', 'Choose the mailbox they may see.', {
      data: { field: 'mailboxId' },
    });
  }
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const customer = await loadTenant(tx, ctx.mspId, tenantId);
    if (mailboxId !== undefined) await loadMailbox(tx, ctx.mspId, tenantId, mailboxId);
    if (customer.selfService === 'off') {
      throw new AppError(
        'conflict',
        `Nobody of ${customer.name} can come in while self-service is off. Switch it on first.`,
      );
    }
    const issued = await issueInvitation(ctx, tx, {
      tenantId,
      name,
      role,
      mailboxId: mailboxId ?? null,
    });
    await audit(ctx, tx, {
      tenantId,
      action: 'invitation.create',
      entity: 'invitation',
      entityId: issued.invitationId,
      facts: { name, role, ...(mailboxId === undefined ? {} : { mailboxId }) },
    });
    return issued;
  });
}
