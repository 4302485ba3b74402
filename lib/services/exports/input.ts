import { z } from 'zod';
import { agePosition, entityId } from '../input.ts';
import { selection } from '../restores/input.ts';

export const startExportInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  sequence: z.number().int().positive(),
  selection,
});

export const listExportsInput = z.object({
  tenantId: entityId,
  after: agePosition.optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

export const exportInput = z.object({ tenantId: entityId, exportId: entityId });

export const getExportInput = exportInput.extend({
  /** With the subjects of items that could not be read. */
  subjects: z.boolean().default(true),
});

export const listAllExportsInput = listExportsInput.extend({
  tenantId: entityId.optional(),
  show: z.enum(['all', 'open', 'problems', 'done']).default('all'),
});
