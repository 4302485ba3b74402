import { z } from 'zod';
import { sequence } from '../folders/input.ts';
import { entityId } from '../input.ts';

export const itemsPageMax = 200;

export const itemsInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  sequence,
  folderId: z.string().min(1).max(1000),
  /** The `next` of the page before. */
  after: z.string().max(200).nullish(),
  limit: z.coerce.number().int().min(1).max(itemsPageMax).default(50),
});

export const readItemInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  itemId: entityId,
});

export const renderPreviewInput = z.object({ tenantId: entityId, previewId: entityId });
