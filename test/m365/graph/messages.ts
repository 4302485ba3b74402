import { randomUUID } from 'node:crypto';
import { type ComposeMessage, composeMessage } from '../mime/compose.ts';
import { parseHeaders } from '../mime/headers.ts';
import { isAttachment, leavesOf, parseParts, textOf } from '../mime/parts.ts';
import { readMessage } from '../mime/read.ts';
import { type Address, isDraft, isRead, messageFlags, type StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { composeAttachments } from './attachments.ts';
import type { Call } from './call.ts';
import { deltaPage } from './delta.ts';
import { extendedHolds, extendedPart, takeExtended } from './extended.ts';
import {
  accessDenied,
  badRequest,
  GraphFailure,
  itemNotFound,
  syncFolderNotFound,
} from './failures.ts';
import { findFolder } from './folders.ts';
import { discard, findItem } from './items.ts';
import { type Condition, holds, pick } from './odata.ts';

type Mail = StoredItem & { mail: NonNullable<StoredItem['mail']> };

const recipient = ({ name, address }: Address) => ({
  emailAddress: { name: name || address, address },
});

export function findMessage(call: Call, id = call.params.item!): Mail {
  const item = findItem(call.mailbox, id);
  if (!item.mail) throw itemNotFound();
  return item as Mail;
}

/** The message without what only its bytes can tell. */
function render(mailbox: Mailbox, item: Mail, immutable: boolean): Record<string, unknown> {
  const { facts } = item.mail;
  const changeKey = mailbox.changeKey(item);
  const id = mailbox.itemId(item, immutable);
  const meeting = /^IPM\.Schedule\.Meeting\./i.test(item.itemClass);
  return {
    ...(meeting ? { '@odata.type': '#microsoft.graph.eventMessage' } : {}),
    '@odata.etag': `W/"${changeKey}"`,
    id,
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
    changeKey,
    categories: item.categories,
    receivedDateTime: item.received,
    sentDateTime: facts.sent ?? item.received,
    hasAttachments: facts.hasAttachments,
    internetMessageId: facts.messageId,
    subject: facts.subject,
    bodyPreview: facts.preview,
    importance: item.importance,
    parentFolderId: mailbox.folderId(item.folder),
    conversationId: `AAQk${facts.conversation}`,
    isDeliveryReceiptRequested: null,
    isReadReceiptRequested: false,
    isRead: isRead(item),
    isDraft: isDraft(item),
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`,
    inferenceClassification: 'focused',
    sender: facts.sender ? recipient(facts.sender) : null,
    from: facts.from ? recipient(facts.from) : null,
    toRecipients: facts.to.map(recipient),
    ccRecipients: facts.cc.map(recipient),
    bccRecipients: facts.bcc.map(recipient),
    replyTo: facts.replyTo.map(recipient),
    flag: { flagStatus: item.followUp },
    ...(meeting ? { meetingMessageType: 'meetingRequest' } : {}),
  };
}

const fromBytes = ['body', 'uniquebody', 'internetmessageheaders'];

async function renderWhole(call: Call, item: Mail): Promise<Record<string, unknown>> {
  const { select, extended } = call.query;
  const wants = new Set(select?.map((it) => it.toLowerCase()));
  const resource = {
    ...render(call.mailbox, item, call.immutable),
    ...extendedPart(item, extended),
  };
  if (select && !fromBytes.some((name) => wants.has(name))) return pick(resource, select);
  const message = await call.store.content.read(item.mail.content);
  const body = bodyOf(message);
  return pick(
    {
      ...resource,
      body,
      ...(wants.has('uniquebody') ? { uniqueBody: body } : {}),
      ...(wants.has('internetmessageheaders')
        ? { internetMessageHeaders: headersOf(message, item) }
        : {}),
    },
    select,
  );
}

function bodyOf(message: Buffer): { contentType: string; content: string } {
  const leaves = [...leavesOf(parseParts(message))].filter((part) => !isAttachment(part));
  const html = leaves.find((part) => part.contentType === 'text/html');
  if (html) return { contentType: 'html', content: textOf(message, html) };
  const text = leaves.find((part) => part.contentType.startsWith('text/'));
  return { contentType: 'text', content: text ? textOf(message, text) : '' };
}

function headersOf(message: Buffer, item: Mail): Array<{ name: string; value: string }> {
  const headers = parseHeaders(message.subarray(0, item.mail.facts.headerBytes));
  return [...headers].flatMap(([name, values]) => values.map((value) => ({ name, value })));
}

function fragment({ mailbox }: Call): string {
  return `users('${mailbox.userId}')/messages`;
}

export function listMessages(call: Call): Promise<void> {
  const { mailbox } = call;
  const { filter, orderBy } = call.query;
  const items = (
    call.params.folder === undefined
      ? [...mailbox.items.values()].filter((it) =>
          mailbox.inUserTree(mailbox.folders.get(it.folder)!),
        )
      : mailbox.itemsIn(findFolder(mailbox, call.params.folder).folder)
  ).filter(
    (item): item is Mail => item.mail !== null && filter.every((it) => matches(item as Mail, it)),
  );
  const [field = 'receivedDateTime', direction = 'desc'] = (orderBy ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const key = (item: Mail) =>
    field === 'subject' ? item.mail.facts.subject.toLowerCase() : item.received;
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  items.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.item - b.item));
  return call.list(fragment(call), items, (item) => renderWhole(call, item));
}

function matches(item: Mail, condition: Condition): boolean {
  if (condition.on === 'extended') return extendedHolds(item, condition);
  const { field, operator, value } = condition;
  const { facts } = item.mail;
  const known: Record<string, unknown> = {
    subject: facts.subject,
    internetMessageId: facts.messageId,
    receivedDateTime: item.received,
    sentDateTime: facts.sent ?? item.received,
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
    isRead: isRead(item),
    isDraft: isDraft(item),
    hasAttachments: facts.hasAttachments,
    importance: item.importance,
    conversationId: `AAQk${facts.conversation}`,
    'from/emailAddress/address': facts.from?.address,
    'sender/emailAddress/address': facts.sender?.address,
  };
  if (!(field in known))
    throw badRequest(
      `Could not find a property named '${field}' on type 'Microsoft.OutlookServices.Message'.`,
    );
  return holds(known[field], operator, value);
}

export async function getMessage(call: Call): Promise<void> {
  await call.entity(200, fragment(call), await renderWhole(call, findMessage(call)));
}

/** The MIME bytes as they were taken in. (The real service rebuilds them for every call.) */
export async function getMime(call: Call): Promise<void> {
  const item = findMessage(call);
  const { content } = item.mail;
  call.reply.header('Content-Length', String(content.bytes));
  await call.reply.stream(200, 'text/plain', call.store.content.stream(content));
}

export function mimeInFolderRefused(): never {
  throw new GraphFailure(405, 'ErrorInvalidRequest', 'The OData request is not supported.');
}

export function messagesDelta(call: Call): Promise<void> {
  const { mailbox, immutable } = call;
  const folder = mailbox.folder(call.params.folder!);
  if (!folder) throw syncFolderNotFound();
  const log = mailbox.log(folder.folder);
  return deltaPage(call, mailbox, log, {
    of: `messages:${folder.folder}`,
    context: 'Collection(message)',
    gone: (change) => ({
      '@odata.type': '#microsoft.graph.message',
      id: mailbox.itemId({ item: change.member, folder: folder.folder }, immutable),
    }),
    // A flip of the read flag is told only to those who asked for it (research/graph.md §4.1).
    moment: (change, select) =>
      select === null || select.some((it) => it.toLowerCase() === 'isread')
        ? change.sequence
        : log.lastRealChange(change),
    render: (select) => async (change) => {
      const item = mailbox.items.get(change.member);
      if (!item?.mail) return null;
      const resource = {
        '@odata.type': '#microsoft.graph.message',
        ...render(mailbox, item as Mail, immutable),
      };
      return pick(resource, select);
    },
  });
}

/** JSON makes a whole message; MIME in base64 makes a draft, always (research/graph.md §2.6). */
export async function createMessage(call: Call): Promise<void> {
  const folder =
    call.params.folder === undefined
      ? call.mailbox.wellKnown('drafts')!
      : findFolder(call.mailbox, call.params.folder);
  const mime = /^text\/plain/i.test(call.req.headers['content-type'] ?? '');
  const item = mime ? await fromMime(call) : await fromJson(call);
  const stored = call.store.putItem(call.mailbox, { ...item, folder: folder.folder });
  await call.entity(201, fragment(call), await renderWhole(call, stored as Mail));
}

type NewItem = Omit<StoredItem, 'item' | 'sequence' | 'folder'>;

async function fromMime(call: Call): Promise<NewItem> {
  const text = (await call.body()).toString('latin1').replace(/\s+/g, '');
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw badRequest(
      'Invalid base64 string for MIME content.',
      'ErrorMimeContentInvalidBase64String',
    );
  }
  return keep(call, Buffer.from(text, 'base64'), {
    flags: messageFlags.unsent | messageFlags.read,
  });
}

async function fromJson(call: Call): Promise<NewItem> {
  const body = await call.json();
  const taken = takeExtended(body.singleValueExtendedProperties);
  const now = new Date().toISOString();
  const draft = taken.flags === null || (taken.flags & messageFlags.unsent) !== 0;
  const sent = taken.sent ?? (draft ? null : now);
  const content = (body.body ?? {}) as { contentType?: string; content?: string };
  const isHtml = String(content.contentType ?? 'text').toLowerCase() === 'html';
  const from = oneAddress(body.from) ?? ownAddress(call);
  const message: ComposeMessage = {
    from,
    sender: oneAddress(body.sender) ?? from,
    to: addressList(body.toRecipients),
    cc: addressList(body.ccRecipients),
    bcc: addressList(body.bccRecipients),
    replyTo: addressList(body.replyTo),
    subject: String(body.subject ?? ''),
    date: sent,
    messageId:
      typeof body.internetMessageId === 'string'
        ? body.internetMessageId
        : `<${randomUUID()}@stand-in.example>`,
    headers: customHeaders(body.internetMessageHeaders),
    text: isHtml ? null : String(content.content ?? ''),
    html: isHtml ? String(content.content ?? '') : null,
    attachments: composeAttachments(body.attachments),
  };
  const read = body.isRead === true ? messageFlags.read : 0;
  const flag = (body.flag ?? {}) as { flagStatus?: StoredItem['followUp'] };
  return keep(call, composeMessage(message), {
    flags: taken.flags ?? messageFlags.unsent | messageFlags.read | read,
    received: taken.received ?? sent ?? now,
    itemClass: taken.itemClass,
    categories: Array.isArray(body.categories) ? body.categories.map(String) : [],
    importance: (body.importance as StoredItem['importance']) ?? 'normal',
    followUp: flag.flagStatus ?? 'notFlagged',
    extended: taken.extended,
  });
}

async function keep(
  call: Call,
  message: Buffer,
  more: Partial<Omit<NewItem, 'itemClass'>> & { itemClass?: string | null },
): Promise<NewItem> {
  const { facts, segments, itemClass } = readMessage(message);
  const now = new Date().toISOString();
  return {
    created: now,
    modified: now,
    received: now,
    size: message.length,
    categories: [],
    flags: 0,
    followUp: 'notFlagged',
    importance: 'normal',
    extended: {},
    ...more,
    itemClass: more.itemClass ?? itemClass,
    mail: { facts, segments, content: await call.store.content.put(message) },
    resource: null,
  };
}

function ownAddress(call: Call): Address | null {
  return call.user ? { name: call.user.displayName, address: call.user.address } : null;
}

function oneAddress(value: unknown): Address | null {
  const given = (value as { emailAddress?: { name?: string; address?: string } } | null)
    ?.emailAddress;
  if (!given || (given.address === undefined && given.name === undefined)) return null;
  return { name: given.name ?? '', address: given.address ?? '' };
}

function addressList(value: unknown): Address[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('Recipients must be a collection.');
  return value.flatMap((entry) => oneAddress(entry) ?? []);
}

function customHeaders(value: unknown): Array<[string, string]> {
  if (!Array.isArray(value)) return [];
  return value.map(({ name, value: text }): [string, string] => {
    if (!/^x-[\x21-\x39\x3b-\x7e]+$/i.test(String(name))) {
      throw badRequest(
        `The internet message header name '${name}' should start with 'x-' or 'X-'.`,
        'InvalidInternetMessageHeader',
      );
    }
    return [String(name), String(text).replace(/[\r\n]+/g, ' ')];
  });
}

const onlyInDrafts = [
  'subject',
  'body',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'from',
  'sender',
  'replyTo',
  'internetMessageId',
];

export async function updateMessage(call: Call): Promise<void> {
  const item = findMessage(call);
  const body = await call.json();
  const sensitive = onlyInDrafts.filter((name) => name in body);
  if (sensitive.length > 0 && !isDraft(item) && !call.world.mailAdvanced) throw accessDenied();
  if (sensitive.length > 0) {
    throw badRequest(
      `The stand-in does not change ${sensitive.join(', ')} of a message that is there.`,
      'NotModelled',
    );
  }
  const flags =
    body.isRead === undefined
      ? item.flags
      : body.isRead === true
        ? item.flags | messageFlags.read
        : item.flags & ~messageFlags.read;
  const others = ['categories', 'importance', 'flag', 'singleValueExtendedProperties'].some(
    (name) => name in body,
  );
  const flag = body.flag as { flagStatus?: StoredItem['followUp'] } | undefined;
  const stored = call.store.putItem(
    call.mailbox,
    {
      ...item,
      flags,
      // A flip of the read flag alone leaves the moment of the last change as it was.
      modified: others ? new Date().toISOString() : item.modified,
      categories: Array.isArray(body.categories) ? body.categories.map(String) : item.categories,
      importance: (body.importance as StoredItem['importance']) ?? item.importance,
      followUp: flag?.flagStatus ?? item.followUp,
      extended: { ...item.extended, ...takeExtended(body.singleValueExtendedProperties).extended },
    },
    { onlyRead: !others },
  );
  await call.entity(200, fragment(call), await renderWhole(call, stored as Mail));
}

export function deleteMessage(call: Call): Promise<void> {
  discard(call, findMessage(call), false);
  return call.reply.empty(204);
}

export function purgeMessage(call: Call): Promise<void> {
  call.store.removeItem(call.mailbox, findMessage(call).item);
  return call.reply.empty(204);
}

export async function moveMessage(call: Call): Promise<void> {
  const item = findMessage(call);
  const { destinationId } = await call.json();
  const target = findFolder(call.mailbox, String(destinationId ?? ''));
  const modified = new Date().toISOString();
  const moved = call.store.putItem(call.mailbox, { ...item, folder: target.folder, modified });
  await call.entity(201, fragment(call), await renderWhole(call, moved as Mail));
}

export async function copyMessage(call: Call): Promise<void> {
  const { item: _, sequence: __, ...item } = findMessage(call);
  const { destinationId } = await call.json();
  const target = findFolder(call.mailbox, String(destinationId ?? ''));
  const copied = call.store.putItem(call.mailbox, { ...item, folder: target.folder });
  await call.entity(201, fragment(call), await renderWhole(call, copied as Mail));
}
