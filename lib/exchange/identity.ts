import { createHash } from 'node:crypto';
import { type MimeFacts, MimeReader } from './mime-facts.ts';

/**
 * Identity by content: 64 hex digits that are equal when two items say the same, wherever they are and
 * whatever id Exchange gave them. For mail it does not change when Exchange makes the MIME anew:
 * boundaries, the order of headers, transfer encodings and trace headers do not count. Read marks,
 * categories and folders are no part of it.
 */
export type ContentId = string;

/** Of a message, from what its MIME says. */
export function messageContentId(facts: MimeFacts): ContentId {
  const hash = createHash('sha256');
  line(hash, 'holdfast content 1', 'message');
  line(hash, 'id', bareId(facts.internetMessageId));
  line(hash, 'date', facts.date ? String(Math.floor(facts.date.getTime() / 1000)) : '');
  line(hash, 'subject', facts.subject);
  for (const field of ['from', 'to', 'cc'] as const) line(hash, field, ...facts.addresses[field]);
  for (const part of facts.parts) {
    line(hash, 'part', part.type, part.name, String(part.bytes), part.sha256);
  }
  return hash.digest('hex');
}

/**
 * What stays of a message's identity when it is put back as JSON: Exchange then writes the headers
 * and the body parts itself, but subject, people and attachments are what they were.
 */
export function messageGist(facts: MimeFacts): ContentId {
  const hash = createHash('sha256');
  line(hash, 'holdfast gist 1', 'message');
  line(hash, 'subject', facts.subject);
  for (const field of ['from', 'to', 'cc'] as const) line(hash, field, ...facts.addresses[field]);
  const attachments = facts.parts
    .filter((part) => part.attachment || part.name !== '')
    .map((part) => `${part.bytes} ${part.sha256}`)
    .sort();
  for (const attachment of attachments) line(hash, 'attachment', attachment);
  return hash.digest('hex');
}

/** What Exchange sets anew for each copy of an item. */
const volatile = new Set([
  'id',
  'changekey',
  'createddatetime',
  'lastmodifieddatetime',
  'bodylastmodifieddatetime',
  'parentfolderid',
  'icaluid',
  'uid',
  'weblink',
  'transactionid',
  'conversationid',
  'conversationindex',
  'size',
]);

/** Of an event, contact, task or anything else, from its JSON. */
export function jsonContentId(json: unknown): ContentId {
  return createHash('sha256')
    .update(`holdfast content 1\njson\n${canonical(json, 0)}`)
    .digest('hex');
}

/** Of an item that has no readable form. */
export function streamContentId(sha256: string): ContentId {
  return createHash('sha256').update(`holdfast content 1\nstream\n${sha256}`).digest('hex');
}

export async function readMimeFacts(body: AsyncIterable<Uint8Array>): Promise<MimeFacts> {
  const reader = new MimeReader();
  for await (const chunk of body) reader.push(chunk);
  return reader.end();
}

function canonical(value: unknown, depth: number): string {
  if (depth > 32) return '…';
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry, depth + 1)).join()}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(
        ([key, entry]) =>
          entry !== null && !key.includes('@odata') && !volatile.has(key.toLowerCase()),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([key, entry]) =>
          `${JSON.stringify(key)}:${canonical(key === 'singleValueExtendedProperties' ? byTag(entry) : entry, depth + 1)}`,
      );
    return `{${entries.join()}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Graph gives tags without leading zeros and in no order (research/graph.md §2.3). */
function byTag(properties: unknown): unknown {
  if (!Array.isArray(properties)) return properties;
  return properties
    .map((property: { id?: unknown; value?: unknown }) => ({
      tag: tagOf(typeof property?.id === 'string' ? property.id : ''),
      value: property?.value ?? null,
    }))
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** `String 0x0037` and `String 0x37` name the same property. */
export function tagOf(id: string): string {
  const match = /^(\w+)\s+0x0*([0-9a-f]+)$/i.exec(id.trim());
  return match ? `${match[1]!.toLowerCase()} 0x${match[2]!.toLowerCase()}` : id.toLowerCase();
}

function bareId(id: string | null): string {
  return (id ?? '').replace(/^<|>$/g, '');
}

/** Length before text, so that no two lists of fields give the same bytes. */
function line(hash: { update(text: string): unknown }, ...fields: string[]): void {
  hash.update(`${fields.map((field) => `${Buffer.byteLength(field)}:${field}`).join(' ')}\n`);
}
