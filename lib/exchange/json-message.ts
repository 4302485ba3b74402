import PostalMime, { type Address } from 'postal-mime';
import type { ItemKind } from './item.ts';
import { parseDate } from './mime-facts.ts';
import type { ReplayCause } from './outcome.ts';

/** Graph takes attachments up to this size inside of the creating request. */
const attachmentBytesMax = 3 * 1024 * 1024;
/** Of the whole request (research/graph.md §2.8). */
const requestBytesMax = 4 * 1024 * 1024;
/** Named property by which a written item tells which line of which restore wrote it. */
export const restoreKeyProperty =
  'String {6f0d8c0a-6b0e-4a86-9c0e-9d0c9c1f3b52} Name HoldfastRestoreKey';

export type JsonBody =
  | { kind: 'json'; body: Record<string, unknown> }
  | { kind: 'refused'; cause: ReplayCause };

/**
 * A message as the body of one create: complete, because Microsoft refuses later changes to what is
 * no draft, and with the property that makes it none; nothing is sent (research/graph.md §1.11, §2.6).
 */
export async function jsonMessage(mime: Uint8Array, restoreKey: string): Promise<JsonBody> {
  let email: Awaited<ReturnType<typeof PostalMime.parse>>;
  try {
    email = await PostalMime.parse(mime, {
      forceRfc822Attachments: true,
      attachmentEncoding: 'arraybuffer',
    });
  } catch {
    return { kind: 'refused', cause: 'no-readable-form' };
  }
  const attachments: Array<Record<string, unknown>> = [];
  for (const [index, attachment] of email.attachments.entries()) {
    const bytes =
      typeof attachment.content === 'string'
        ? Buffer.from(attachment.content)
        : Buffer.from(attachment.content as ArrayBuffer);
    if (bytes.length > attachmentBytesMax) return { kind: 'refused', cause: 'too-large' };
    const contentId = attachment.contentId?.replace(/^<|>$/g, '');
    attachments.push({
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: attachment.filename || fallbackName(attachment.mimeType, index),
      contentType: attachment.mimeType,
      contentBytes: bytes.toString('base64'),
      isInline: attachment.disposition === 'inline' || attachment.related === true,
      ...(contentId ? { contentId } : {}),
    });
  }
  const date = parseDate(email.date ?? '')?.toISOString();
  const from = recipientsOf(email.from ? [email.from] : [])[0];
  const sender = recipientsOf(email.sender ? [email.sender] : [])[0] ?? from;
  const body = {
    subject: email.subject ?? '',
    body:
      email.html !== undefined
        ? { contentType: 'html', content: email.html }
        : { contentType: 'text', content: email.text ?? '' },
    ...(from ? { from } : {}),
    ...(sender ? { sender } : {}),
    toRecipients: recipientsOf(email.to),
    ccRecipients: recipientsOf(email.cc),
    bccRecipients: recipientsOf(email.bcc),
    replyTo: recipientsOf(email.replyTo),
    ...(email.messageId ? { internetMessageId: email.messageId } : {}),
    isRead: true,
    ...(attachments.length > 0 ? { attachments } : {}),
    singleValueExtendedProperties: [
      // Submitted, not unsent: without it the message would be a draft for ever.
      { id: 'Integer 0x0E07', value: '4' },
      ...(date
        ? [
            { id: 'SystemTime 0x0039', value: date },
            { id: 'SystemTime 0x0E06', value: date },
          ]
        : []),
      { id: restoreKeyProperty, value: restoreKey },
    ],
  };
  return sized(body);
}

const eventFields = [
  'subject',
  'body',
  'start',
  'end',
  'location',
  'isAllDay',
  'showAs',
  'sensitivity',
  'importance',
  'categories',
  'recurrence',
  'reminderMinutesBeforeStart',
  'isReminderOn',
];
const taskFields = [
  'title',
  'body',
  'dueDateTime',
  'startDateTime',
  'reminderDateTime',
  'isReminderOn',
  'importance',
  'status',
  'categories',
  'recurrence',
  'completedDateTime',
];
const notOfContacts = new Set([
  'id',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'parentFolderId',
]);

/** Whether what is written as JSON carries the key; a task of To Do takes no property of this sort. */
export function carriesRestoreKey(kind: ItemKind): boolean {
  return kind === 'message' || kind === 'event' || kind === 'contact';
}

/** An event, contact or task as the body of one create. Attendees stay out: Exchange would invite them. */
export function jsonItem(kind: ItemKind, stored: unknown, restoreKey: string): JsonBody {
  const item = (stored !== null && typeof stored === 'object' ? stored : {}) as Record<
    string,
    unknown
  >;
  const mark = { singleValueExtendedProperties: [{ id: restoreKeyProperty, value: restoreKey }] };
  switch (kind) {
    case 'event':
      return sized({ ...pick(item, (key) => eventFields.includes(key)), ...mark });
    case 'task':
      return sized(pick(item, (key) => taskFields.includes(key)));
    case 'contact':
      return sized({
        ...pick(item, (key) => !key.includes('@odata') && !notOfContacts.has(key)),
        ...mark,
      });
    default:
      return { kind: 'refused', cause: 'no-readable-form' };
  }
}

function pick(item: Record<string, unknown>, wanted: (key: string) => boolean) {
  return Object.fromEntries(
    Object.entries(item).filter(([key, value]) => value !== null && wanted(key)),
  );
}

function sized(body: Record<string, unknown>): JsonBody {
  return Buffer.byteLength(JSON.stringify(body)) > requestBytesMax
    ? { kind: 'refused', cause: 'too-large' }
    : { kind: 'json', body };
}

function recipientsOf(list: readonly Address[] | undefined) {
  return (list ?? [])
    .flatMap((entry) => (entry.group ? entry.group : [entry]))
    .filter(({ address, name }) => address || name)
    .map(({ address, name }) => ({ emailAddress: { name: name || address, address } }));
}

function fallbackName(mimeType: string, index: number): string {
  const extension = mimeType === 'message/rfc822' ? 'eml' : 'bin';
  return `attachment-${index + 1}.${extension}`;
}
