import { z } from 'zod';

const token = z.string().min(20).max(100);

/** A signed-in account: `tid.oid`, both ids lower case. */
export const subject = z.string().regex(/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/, 'Sign in again.');

export const lookInput = z.object({ token, subject: subject.nullable().default(null) });

/** Of the session, never of the browser: its id token named a role that may consent. */
const administrator = z.boolean();

export const beginInput = z.object({ token, subject, administrator, browserNonce: token });

/** What Microsoft sends back is hostile: anybody can craft that address. */
export const acceptInput = z.object({
  state: z.string().max(200),
  tenantClaim: z.string().max(100).nullable(),
  error: z.string().max(200).nullable(),
  errorDescription: z.string().max(4000).nullable().default(null),
  subject,
  administrator,
  browserNonce: z.string().max(100),
});
