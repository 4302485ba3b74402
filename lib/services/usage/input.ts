import { z } from 'zod';
import { entityId } from '../input.ts';

export const dayInput = z.iso.date({ error: 'A day is written as 2026-11-25.' });

export const periodInput = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'A month is written as 2026-11.');

export const observeInput = z.object({
  tenantId: entityId,
  day: dayInput,
  /**
   * For an account on a test clock, whose days are not those of the world: mailboxes are taken as
   * they are on this one.
   */
  asSeenOn: dayInput.optional(),
});
