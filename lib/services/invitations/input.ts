import { z } from 'zod';
import { customerRoles, memberRoles } from '#db/enums.ts';
import { entityId } from '../input.ts';
import { assignedCustomers, personName } from '../members/input.ts';

export const inviteStaffInput = z.object({
  name: personName,
  role: z.enum(memberRoles, 'Choose one of the roles.'),
  customers: assignedCustomers.default(null),
});

export const invitePersonInput = z.object({
  tenantId: entityId,
  name: personName,
  role: z.enum(customerRoles, 'Choose one of the roles.'),
  /** For an owner of a mailbox: which one. */
  mailboxId: entityId.optional(),
});

export const listInvitationsInput = z.object({
  /** Absent: those for staff. */
  tenantId: entityId.optional(),
});

export const invitationInput = z.object({ invitationId: entityId });
