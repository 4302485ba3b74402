import { z } from 'zod';
import { keyScopes } from '#lib/auth/roles.ts';
import { entityId } from '../input.ts';

export const createKeyInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the key a name.')
    .max(100, 'This name is too long: 100 characters at most.')
    .regex(/^\P{Cc}+$/u, 'The name has characters that cannot be in one.'),
  scopes: z.array(z.enum(keyScopes)).min(1, 'Choose at least one thing that the key may do.'),
  /** The only customers it reaches; `all` takes in those that are added later. */
  customers: z.union([
    z.literal('all'),
    z.array(entityId).min(1, 'Choose at least one customer, or all of them.').max(1000),
  ]),
  /** Null: it works until somebody revokes it. */
  days: z.number().int().min(1).max(3650).nullable(),
});

export const keyInput = z.object({ keyId: entityId });
