import { z } from 'zod';
import { memberRoles } from '#db/enums.ts';
import { entityId } from '../input.ts';

/** `tid.oid` of an Entra account, as sign-in proves it; never an address. */
export const accountSubject = z
  .string()
  .regex(
    /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/,
    'An account is named by tenant id, a dot and object id.',
  );

export const personName = z
  .string()
  .trim()
  .min(1, 'Give the name of the person.')
  .max(200, 'This name is too long: 200 characters at most.');

export const memberInput = z.object({ subject: accountSubject });

export const foundingMember = z.object({
  subject: accountSubject,
  name: personName,
  role: z.enum(memberRoles),
});

/** Null is all customers, later ones included. */
export const assignedCustomers = z.array(entityId).max(5000).nullable();

export const setRoleInput = memberInput.extend({
  role: z.enum(memberRoles, 'Choose one of the roles.'),
});

export const assignInput = memberInput.extend({ customers: assignedCustomers });
