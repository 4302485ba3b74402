import { z } from 'zod';
import type { ApiContext } from '#app/_server/api.ts';
import { itemKinds } from '#db/enums.ts';
import { id, moment, text, timeOf, wholeNumber } from '#lib/api/fields.ts';
import { AppError } from '#lib/core/errors.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { downloadItem } from '#lib/services/items/download.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { operation, pageSize } from './declare.ts';
import { pageOf, wholeListPosition } from './whole-list.ts';

const mailboxPath = '/customers/{customerId}/mailboxes/{mailboxId}';

/** Of the greatest integer of the catalogue. */
export const snapshotNumber = wholeNumber(1, 2_147_483_647).describe(
  'Number of a snapshot of this mailbox',
);

/** Microsoft's id of a folder: names are localised and may be there twice. */
export const folderId = text(1, 1000).describe('The `id` of a folder');

const folder = z
  .object({
    id: z.string(),
    parentId: z.string().nullable(),
    name: z.string(),
    type: z.string().describe('Folder class, such as IPF.Note'),
    wellKnown: z.string().nullable(),
    items: z.number().int(),
  })
  .meta({ id: 'Folder' });

const item = z
  .object({
    id: id.describe('Of this version of the item'),
    key: z.string().describe('Its id at Microsoft, the same over all its versions'),
    kind: z.enum(itemKinds),
    subject: z.string(),
    sender: z.string(),
    at: moment.nullable(),
    bytes: z.number().int(),
    hasAttachments: z.boolean(),
    goneSince: moment
      .nullable()
      .describe('When a snapshot first saw that it is no longer in the mailbox'),
  })
  .meta({ id: 'Item' });

const openedItem = z
  .object({
    id,
    key: z.string(),
    kind: z.enum(itemKinds),
    subject: z.string(),
    sender: z.string(),
    at: moment.nullable(),
    bytes: z.number().int(),
    goneSince: moment.nullable(),
    folderId: z.string(),
    folder: z.array(z.string()).describe('Names from the top'),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    text: z.string().describe('As plain text, whatever form the item has'),
    truncated: z.boolean().describe('The text is longer than what is here'),
    attachments: z.array(z.object({ name: z.string(), type: z.string(), bytes: z.number().int() })),
  })
  .meta({ id: 'OpenedItem' });

export const mailOperations = [
  operation({
    id: 'listFolders',
    method: 'GET',
    path: `${mailboxPath}/folders`,
    tag: 'Mail',
    summary: 'List folders',
    description: 'The folder tree of a mailbox as of a snapshot, flat and by name.',
    scope: 'content.read',
    query: z.object({ snapshot: snapshotNumber }),
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: folder,
    says: 'A page of folders',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId }, query, after, limit }) => {
      const place = { tenantId, mailboxId, sequence: query.snapshot };
      const page = pageOf(await listFolders(ctx, place), { after, limit });
      return {
        ...page,
        items: page.items.map(({ id, parentId, name, type, wellKnown, itemCount }) => ({
          ...{ id, parentId, name, type, wellKnown },
          items: itemCount,
        })),
      };
    },
  }),
  operation({
    id: 'listItems',
    method: 'GET',
    path: `${mailboxPath}/items`,
    tag: 'Mail',
    summary: 'List items of a folder',
    description: 'As of a snapshot, newest first.',
    scope: 'content.read',
    query: z.object({ snapshot: snapshotNumber, folder: folderId }),
    page: { position: z.string(), ...pageSize },
    status: 200,
    answer: item,
    says: 'A page of items',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId }, query, after, limit }) => {
      const { items, next } = await listItems(ctx, {
        ...{ tenantId, mailboxId, after, limit },
        sequence: query.snapshot,
        folderId: query.folder,
      });
      return {
        next,
        items: items.map((it) => ({
          id: it.id,
          key: it.key,
          kind: it.kind,
          subject: it.subject,
          sender: it.sender,
          at: timeOf(it.at),
          bytes: it.bytes,
          hasAttachments: it.hasAttachments,
          goneSince: timeOf(it.goneSince),
        })),
      };
    },
  }),
  operation({
    id: 'getItem',
    method: 'GET',
    path: `${mailboxPath}/items/{itemId}`,
    tag: 'Mail',
    summary: 'Read an item',
    description: 'Its headers and its text. The audit log keeps that it was read.',
    scope: 'content.read',
    status: 200,
    answer: openedItem,
    says: 'The item',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId, itemId } }) => {
      const view = await readItem(ctx, { tenantId, mailboxId, itemId });
      return {
        body: {
          id: itemId,
          key: view.item.key,
          kind: view.item.kind,
          subject: view.item.subject,
          sender: view.item.sender,
          at: timeOf(view.item.at),
          bytes: view.item.bytes,
          goneSince: timeOf(view.item.goneSince),
          folderId: view.item.folderId,
          folder: view.item.folder,
          headers: view.headers.map(([name, value]) => ({ name, value })),
          text: view.text,
          truncated: view.truncated,
          attachments: view.attachments.map(({ name, type, bytes }) => ({ name, type, bytes })),
        },
      };
    },
  }),
  operation({
    id: 'getItemMime',
    method: 'GET',
    path: `${mailboxPath}/items/{itemId}/mime`,
    tag: 'Mail',
    summary: 'Download an item as MIME',
    description:
      'Messages and events byte for byte as MIME; what has no such form as JSON. The audit log keeps that it was taken.',
    scope: 'exports.run',
    also: ['content.read'],
    status: 200,
    media: ['message/rfc822', 'application/json'],
    says: 'The item',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId, itemId } }) => {
      const item = { tenantId, mailboxId, itemId };
      const file = await downloadItem(ctx, item, folderOf(ctx));
      const media = file.fileName.endsWith('.json') ? 'application/json' : 'message/rfc822';
      return { file: { media, ...file } };
    },
  }),
  operation({
    id: 'getItemAttachment',
    method: 'GET',
    path: `${mailboxPath}/items/{itemId}/attachment`,
    tag: 'Mail',
    summary: 'Download an attachment',
    description:
      'One of the `attachments` of an item, as bytes that nothing opens by itself, under a name of ours. The audit log keeps that it was taken.',
    scope: 'exports.run',
    also: ['content.read'],
    query: z.object({
      part: wholeNumber(0, 9999).describe('Which of its `attachments`, counted from 0'),
    }),
    status: 200,
    media: ['application/octet-stream'],
    says: 'The attachment',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId, itemId }, query: { part } }) => {
      const item = { tenantId, mailboxId, itemId, part };
      const file = await downloadItem(ctx, item, folderOf(ctx));
      return { file: { media: 'application/octet-stream', ...file } };
    },
  }),
];

function folderOf({ exportFolder }: ApiContext): string {
  if (exportFolder !== null) return exportFolder;
  throw new AppError('conflict', 'This portal does not know where the worker leaves files.');
}
