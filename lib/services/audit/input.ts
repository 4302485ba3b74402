import { z } from 'zod';
import { entityId } from '../input.ts';

export const auditInput = z.object({
  /** Absent: the log of the whole MSP. */
  tenantId: entityId.optional(),
  /** Only entries before this time, for the next page. */
  before: z.date().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
