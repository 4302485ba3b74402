import { z } from 'zod';
import { foundingMember } from '../members/input.ts';

export const foundMspInput = z.object({
  name: z.string().trim().min(1).max(200),
  /** The first is an owner. */
  members: z
    .array(foundingMember)
    .min(1)
    .refine((members) => members[0]?.role === 'owner', 'The first member must be an owner.'),
});
