import { z } from 'zod';
import { agePosition, entityId } from '../input.ts';

export const leaversInput = z.object({
  /** Of one customer; of all when absent. */
  tenantId: entityId.optional(),
  /** Where the list goes on: when the last one was sealed, and its id. */
  after: agePosition.optional(),
  limit: z.int().min(1).max(200).default(100),
});
export const leaverInput = z.object({ tenantId: entityId, mailboxId: entityId });
