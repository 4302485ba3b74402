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
  /** Only what is no longer in the mailbox. */
  show: z.enum(['all', 'gone']).default('all'),
  /** By name as people look for contacts; tasks that are open first, by when they are due. */
  order: z.enum(['newest', 'name', 'due']).default('newest'),
  limit: z.coerce.number().int().min(1).max(itemsPageMax).default(50),
});

export const readItemInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  itemId: entityId,
});

export const downloadItemInput = readItemInput.extend({
  /** Which attachment, counted from 0 as the view lists them; the whole item when absent. */
  part: z.coerce.number().int().min(0).max(9999).optional(),
});

export const previewHtmlInput = z.object({ tenantId: entityId, previewId: entityId });

export const renderPreviewInput = z.object({ tenantId: entityId, previewId: entityId });
