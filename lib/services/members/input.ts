import { z } from 'zod';
import { memberRoles } from '#db/enums.ts';

/** `tid.oid` of an Entra account, as sign-in proves it; never an address. */
export const memberSubject = z
  .string()
  .regex(
    /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/,
    'An account is named by tenant id, a dot and object id.',
  );

const personName = z.string().trim().min(1).max(200);

export const enrolInput = z.object({
  subject: memberSubject,
  name: personName,
  role: z.enum(memberRoles),
});
