import { z } from 'zod';
import { entityId } from '../input.ts';
import { selection } from '../restores/input.ts';

export const startExportInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  sequence: z.number().int().positive(),
  selection,
});

export const exportInput = z.object({ tenantId: entityId, exportId: entityId });
