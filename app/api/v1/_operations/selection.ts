import { z } from 'zod';
import { collisionRules } from '#db/enums.ts';
import type { Destination, Selection } from '#db/schema/restores.ts';
import { id, name } from '#lib/api/fields.ts';
import { folderId } from './mail.ts';

/** Which items of a snapshot a restore or an export is about. */
export const selection = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('items'), itemIds: z.array(id).min(1).max(10_000) }),
    z.strictObject({ kind: z.literal('folder'), folderId }),
    z.strictObject({ kind: z.literal('mailbox') }),
  ])
  .meta({ id: 'Selection' });

export const destination = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('original') }),
    z.strictObject({ kind: z.literal('folder'), name: name(200) }),
    z.strictObject({ kind: z.literal('mailbox'), mailboxId: id, folderName: name(200) }),
  ])
  .meta({ id: 'Destination' });

export const collisions = z
  .enum(collisionRules)
  .describe('What happens to an item that is there and differs');

export const snapshotGiven = z
  .int()
  .min(1)
  .max(2_147_483_647)
  .describe('Number of a snapshot of the mailbox');

/** In answers: what was asked for, without the ten thousand ids that it may have had. */
export const selectionView = z
  .object({
    kind: z.enum(['items', 'folder', 'mailbox']),
    items: z.number().int().nullable().describe('How many were named'),
    folderId: z.string().nullable(),
  })
  .meta({ id: 'SelectionView' });

export function viewSelection(it: Selection): z.input<typeof selectionView> {
  return {
    kind: it.kind,
    items: it.kind === 'items' ? it.itemIds.length : null,
    folderId: it.kind === 'folder' ? it.folderId : null,
  };
}

export const destinationView = z
  .object({
    kind: z.enum(['original', 'folder', 'mailbox']),
    folderName: z.string().nullable(),
  })
  .meta({ id: 'DestinationView' });

export function viewDestination(it: Destination): z.input<typeof destinationView> {
  const folderName = it.kind === 'folder' ? it.name : it.kind === 'mailbox' ? it.folderName : null;
  return { kind: it.kind, folderName };
}
