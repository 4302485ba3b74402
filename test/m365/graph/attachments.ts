import type { ComposeAttachment } from '../mime/compose.ts';
import { contentOf, isAttachment, leavesOf, nameOf, type Part, parseParts } from '../mime/parts.ts';
import type { StoredItem } from '../store/item.ts';
import type { Call } from './call.ts';
import { badRequest, itemNotFound } from './failures.ts';
import { findItem } from './items.ts';
import { pick } from './odata.ts';

interface Attachment {
  id: string;
  resource: Record<string, unknown>;
  content: Buffer;
  contentType: string;
}

/** Attachments of a message, out of its bytes; those of an event, out of its resource. */
async function attachmentsOf(call: Call, item: StoredItem): Promise<Attachment[]> {
  if (!item.mail) return storedAttachments(item);
  const message = await call.store.content.read(item.mail.content);
  return [...leavesOf(parseParts(message))]
    .filter(isAttachment)
    .map((part, index) => mailAttachment(item, message, part, index));
}

function mailAttachment(item: StoredItem, message: Buffer, part: Part, index: number): Attachment {
  const content = contentOf(message, part);
  const id = attachmentId(item, index);
  const isItem = part.contentType === 'message/rfc822';
  return {
    id,
    content,
    contentType: part.contentType,
    resource: {
      '@odata.type': `#microsoft.graph.${isItem ? 'item' : 'file'}Attachment`,
      '@odata.mediaContentType': part.contentType,
      id,
      lastModifiedDateTime: item.modified,
      name: nameOf(part),
      contentType: part.contentType,
      size: content.length,
      isInline:
        part.disposition === 'inline' || (part.disposition === '' && part.contentId !== null),
      ...(isItem
        ? {}
        : {
            contentId: part.contentId,
            contentLocation: null,
            contentBytes: content.toString('base64'),
          }),
    },
  };
}

function storedAttachments(item: StoredItem): Attachment[] {
  const stored = (item.resource?.attachments ?? []) as Array<Record<string, unknown>>;
  return stored.map((attachment, index) => {
    const id = attachmentId(item, index);
    const content = Buffer.from(String(attachment.contentBytes ?? ''), 'base64');
    return {
      id,
      content,
      contentType: String(attachment.contentType ?? 'application/octet-stream'),
      resource: { lastModifiedDateTime: item.modified, size: content.length, ...attachment, id },
    };
  });
}

function attachmentId(item: StoredItem, index: number): string {
  const number = Buffer.alloc(9);
  number.writeUIntBE(item.item, 0, 6);
  number.writeUIntBE(index, 6, 3);
  return `AAMkATT${number.toString('base64url')}AAABEgAQAA=`;
}

/** What `$expand=attachments` adds. */
export async function expandedAttachments(
  call: Call,
  item: StoredItem,
): Promise<Record<string, unknown>[]> {
  return (await attachmentsOf(call, item)).map(({ resource }) => resource);
}

export async function listAttachments(call: Call): Promise<void> {
  const { select } = call.query;
  const all = await attachmentsOf(call, findItem(call.mailbox, call.params.item!));
  // This list is not paged (research/graph.md §9, 10).
  await call.reply.json(200, {
    '@odata.context': call.context('attachments'),
    value: all.map(({ resource }) => pick(resource, select)),
  });
}

async function findAttachment(call: Call): Promise<Attachment> {
  const all = await attachmentsOf(call, findItem(call.mailbox, call.params.item!));
  const found = all.find((it) => it.id === call.params.attachment);
  if (!found) throw itemNotFound();
  return found;
}

export async function getAttachment(call: Call): Promise<void> {
  const { resource } = await findAttachment(call);
  await call.entity(200, 'attachments', pick(resource, call.query.select));
}

export async function getAttachmentBytes(call: Call): Promise<void> {
  const { content, contentType } = await findAttachment(call);
  await call.reply.bytes(200, contentType, content);
}

/** Attachments in a create request. */
export function composeAttachments(given: unknown): ComposeAttachment[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw badRequest('attachments must be a collection.');
  return given.map((attachment: Record<string, unknown>) => {
    if (attachment['@odata.type'] !== '#microsoft.graph.fileAttachment') {
      throw badRequest('Only file attachments can be created here.', 'NotModelled');
    }
    return {
      name: String(attachment.name ?? 'attachment'),
      contentType: String(attachment.contentType ?? 'application/octet-stream'),
      content: Buffer.from(String(attachment.contentBytes ?? ''), 'base64'),
      inline: attachment.isInline === true,
      contentId: typeof attachment.contentId === 'string' ? attachment.contentId : null,
    };
  });
}
