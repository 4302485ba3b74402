import { z } from 'zod';
import { collisionRules } from '#db/enums.ts';
import { agePosition, entityId } from '../input.ts';
import { planParts } from './rules.ts';

const folderName = z
  .string()
  .trim()
  .min(1, 'Give the folder a name.')
  .max(200, 'The name of the folder is longer than 200 characters.')
  // Exchange has no use for control characters in a folder's name, and people none either.
  .regex(/^\P{Cc}+$/u, 'The name of the folder has characters that cannot be in one.');

export const selection = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('items'),
    itemIds: z
      .array(entityId)
      .min(1, 'Choose at least one item.')
      .max(10_000, 'Choose at most 10,000 items, or a folder.'),
  }),
  z.object({ kind: z.literal('folder'), folderId: z.string().min(1).max(1000) }),
  z.object({ kind: z.literal('mailbox') }),
]);

export const destination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('original') }),
  z.object({ kind: z.literal('folder'), name: folderName }),
  z.object({ kind: z.literal('mailbox'), mailboxId: entityId, folderName }),
]);

export const planRestoreInput = z.object({
  tenantId: entityId,
  mailboxId: entityId,
  sequence: z.number().int().positive(),
  selection,
  destination,
  collisions: z.enum(collisionRules),
});

export const draftRestoreInput = planRestoreInput.omit({ destination: true, collisions: true });

export const planDraftInput = z.object({
  tenantId: entityId,
  restoreId: entityId,
  destination,
  collisions: z.enum(collisionRules),
});

export const restoreInput = z.object({ tenantId: entityId, restoreId: entityId });

export const getRestoreInput = restoreInput.extend({
  /** With the folders of its plan, which are content of the mailbox. */
  folders: z.boolean().default(true),
});

export const restoreItemsInput = z.object({
  tenantId: entityId,
  restoreId: entityId,
  /** Only those that one number of the plan counts. */
  part: z.enum(planParts).optional(),
  /** Only those that were not put back and should have been. */
  onlyProblems: z.boolean().default(false),
  /** Only those that are in the mailbox now because of it. */
  onlyWritten: z.boolean().default(false),
  after: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});

export const listRestoresInput = z.object({
  tenantId: entityId,
  mailboxId: entityId.optional(),
  after: agePosition.optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

export const listAllRestoresInput = listRestoresInput.omit({ mailboxId: true }).extend({
  tenantId: entityId.optional(),
  groupId: entityId.optional(),
  show: z.enum(['all', 'open', 'problems', 'done']).default('all'),
});
