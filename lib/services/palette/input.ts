import { z } from 'zod';
import { entityId } from '../input.ts';

export const paletteInput = z.strictObject({
  /** Part of a name. Empty finds nothing but the scope. */
  words: z.string().trim().max(80),
  /** The customer whose page is open: its mailboxes and runs alone. */
  tenantId: entityId.optional(),
});
