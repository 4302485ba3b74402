import { z } from 'zod';

export const coverageInput = z.object({
  /** An IANA time zone: days are those of whoever looks. */
  zone: z.string().regex(/^[A-Za-z0-9_+/-]{1,40}$/, 'This is no time zone.'),
  days: z.int().min(1).max(31),
});
