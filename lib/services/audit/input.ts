import { z } from 'zod';
import { entityId } from '../input.ts';
import { auditGroupNames } from './groups.ts';

/** Which entries; without anything all that one reaches. */
export const auditFilter = z.object({
  /** Absent: the log of the whole MSP. */
  tenantId: entityId.optional(),
  /** Who did it: `tid.oid` of an account, `key:<id>` of a key, or `system`. */
  person: z.string().min(1).max(120).optional(),
  group: z.enum(auditGroupNames).optional(),
});

export const auditInput = auditFilter.extend({
  /** Only entries before this time. */
  before: z.date().optional(),
  /** Where the page before this one ended, see `auditCursor`. */
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const verifyAuditInput = z.object({
  tenantId: entityId.optional(),
  /** Checks no log with more entries than this; they take a second for each 20,000 or so. */
  atMost: z.number().int().min(0).max(50_000_000).default(5000),
});
