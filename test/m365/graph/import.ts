import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type ReadMessage, readMessage } from '../mime/read.ts';
import type { ContentRef, ContentStore } from '../store/content.ts';
import type { Segment, StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { type ByteSource, type ImportedItem, readStream, StreamDamaged } from '../stream/read.ts';
import type { Call, GraphWorld } from './call.ts';
import { badRequest, folderNotFound, GraphFailure, itemNotFound } from './failures.ts';
import { type ImportBody, ImportBodyInvalid, readImportBody } from './import-body.ts';

export async function createImportSession(call: Call): Promise<void> {
  const { mailbox, world } = call;
  const { token, session } = world.sessions.open(call.appId, mailbox.exchangeId);
  await call.reply.json(200, {
    '@odata.context': call.context('microsoft.graph.mailboxItemImportSession'),
    importUrl: `${world.base}/api/gv1.0/Mailboxes('${encodeURIComponent(mailbox.exchangeId)}')/importItem?authtoken=${token}`,
    expirationDateTime: new Date(session.expires).toISOString(),
  });
}

/** Messages up to this size are looked at whole; of larger ones only the text around the attachments. */
const wholeBytesMax = 8 * 1024 * 1024;

/**
 * One item through the address of a session (research/graph.md §2.3). A created item has a new id; the
 * same stream imported twice is there twice.
 */
export async function importItem(
  world: GraphWorld,
  mailbox: Mailbox,
  req: IncomingMessage,
  spoolFolder: string,
): Promise<{ itemId: string; changeKey: string }> {
  let body: ImportBody;
  try {
    body = await readImportBody(req, join(spoolFolder, `${randomUUID()}.import`));
  } catch (err) {
    if (!(err instanceof ImportBodyInvalid)) throw err;
    throw badRequest(`The request body is not valid: ${err.message}.`, 'ErrorInvalidRequest');
  }
  const { fields, data } = body;
  try {
    if (!data || data.bytes === 0) throw badRequest('Data is missing.', 'ErrorInvalidArgument');
    const folder = mailbox.folder(fields.FolderId ?? '');
    if (!folder) throw folderNotFound();
    const before = replaced(mailbox, fields);
    const item = await takeItem(world.store.content, data);
    const stored = world.store.putItem(mailbox, {
      ...item,
      folder: folder.folder,
      modified: new Date().toISOString(),
      ...(before ? { item: before.item } : {}),
    });
    return { itemId: mailbox.itemId(stored, true), changeKey: mailbox.changeKey(stored) };
  } finally {
    await data?.[Symbol.asyncDispose]();
  }
}

/** The item that an update is for; null for a create. */
function replaced(
  mailbox: Mailbox,
  { Mode, ItemId, ChangeKey }: Record<string, string>,
): StoredItem | null {
  if (Mode === 'create') {
    if (ItemId !== undefined || ChangeKey !== undefined) {
      throw badRequest(
        "ItemId and ChangeKey must not be given when Mode is 'create'.",
        'ErrorInvalidArgument',
      );
    }
    return null;
  }
  if (Mode !== 'update')
    throw badRequest("Mode must be 'create' or 'update'.", 'ErrorInvalidArgument');
  if (!ItemId || !ChangeKey) {
    throw badRequest(
      "ItemId and ChangeKey must be given when Mode is 'update'.",
      'ErrorInvalidArgument',
    );
  }
  const item = mailbox.item(ItemId);
  if (!item) throw itemNotFound();
  if (mailbox.changeKey(item) !== ChangeKey) {
    throw new GraphFailure(
      409,
      'ErrorIrresolvableConflict',
      'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
    );
  }
  return item;
}

async function takeItem(
  content: ContentStore,
  data: ByteSource,
): Promise<Omit<StoredItem, 'item' | 'folder' | 'sequence' | 'modified'>> {
  try {
    const { item, mime } = await readStream(data);
    if (!mime) return { ...item, mail: null, size: JSON.stringify(item.resource).length };
    const kept = await keepMime(content, mime, data.bytes);
    return { ...item, ...kept, size: kept.mail.content.bytes };
  } catch (err) {
    if (!(err instanceof StreamDamaged || err instanceof RangeError || err instanceof SyntaxError))
      throw err;
    throw badRequest(`Data is corrupt. (${err.message})`, 'ErrorCorruptData');
  }
}

async function keepMime(
  content: ContentStore,
  mime: NonNullable<ImportedItem['mime']>,
  streamBytes: number,
): Promise<{ mail: NonNullable<StoredItem['mail']> }> {
  if (streamBytes <= wholeBytesMax) {
    const pieces: Buffer[] = [];
    for await (const piece of mime.text()) pieces.push(piece);
    const message = Buffer.concat(pieces);
    const { facts, segments } = readMessage(message);
    return { mail: { facts, segments, content: await content.put(message) } };
  }
  const ref: ContentRef = await content.putStream(mime.text());
  const skeleton: Buffer[] = [];
  for await (const piece of mime.text({ withoutAttachments: true })) skeleton.push(piece);
  const { facts }: ReadMessage = readMessage(Buffer.concat(skeleton));
  const segments: Segment[] = mime.segments;
  return { mail: { facts, segments, content: ref } };
}
