import { createHash } from 'node:crypto';
import type { MailFacts, Segment } from '../store/item.ts';
import { decodeWords, type Headers, parseAddresses } from './headers.ts';
import { isAttachment, leavesOf, nameOf, type Part, parseParts, textOf } from './parts.ts';

export interface ReadMessage {
  facts: MailFacts;
  segments: Segment[];
  itemClass: string;
}

/** Stretches shorter than this stay part of the text around them. */
const segmentBytesMin = 96;

/** What Exchange keeps of a message beside its bytes. */
export function readMessage(message: Buffer): ReadMessage {
  const root = parseParts(message);
  const leaves = [...leavesOf(root)];
  return {
    facts: factsOf(message, root, leaves),
    segments: segmentsOf(message, leaves),
    itemClass: classOf(root, leaves),
  };
}

function factsOf(message: Buffer, root: Part, leaves: Part[]): MailFacts {
  const { headers } = root;
  const one = (name: string) => headers.get(name)?.[0] ?? '';
  const addresses = (name: string) => (headers.get(name) ?? []).flatMap(parseAddresses);
  const text = leaves.find((part) => part.contentType === 'text/plain' && !isAttachment(part));
  const subject = decodeWords(one('subject')).slice(0, 255);
  const from = addresses('from')[0] ?? null;
  return {
    subject,
    from,
    sender: addresses('sender')[0] ?? from,
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    replyTo: addresses('reply-to'),
    sent: moment(one('date')),
    messageId: one('message-id') || null,
    conversation: conversationOf(headers, subject),
    preview: text ? previewOf(textOf(message, text)) : '',
    hasAttachments: leaves.some((part) => isAttachment(part) && part.disposition !== 'inline'),
    headerBytes: root.bodyStart,
  };
}

function previewOf(text: string): string {
  return text.slice(0, 600).replace(/\s+/g, ' ').trim().slice(0, 200);
}

function moment(date: string): string | null {
  const at = Date.parse(date.replace(/\([^)]*\)/g, ''));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** When the message came in: the topmost Received field, else when it was sent. */
export function receivedAt(message: Buffer, facts: MailFacts): string {
  const line = /^received:(?:[^\r\n]|\r?\n[ \t])*/im.exec(
    message.toString('latin1', 0, Math.min(facts.headerBytes, 8_192)),
  )?.[0];
  const at = line?.slice(line.lastIndexOf(';') + 1).replace(/\s+/g, ' ');
  return (at ? moment(at) : null) ?? facts.sent ?? '2026-01-01T00:00:00.000Z';
}

function conversationOf(headers: Headers, subject: string): string {
  const thread =
    headers.get('references')?.[0]?.match(/<[^>]+>/)?.[0] ??
    headers.get('in-reply-to')?.[0] ??
    headers.get('message-id')?.[0] ??
    subject.replace(/^((re|aw|fw|wg|fwd):\s*)+/i, '');
  return createHash('sha256').update(thread).digest('base64url').slice(0, 32);
}

function classOf(root: Part, leaves: Part[]): string {
  const { contentType, parameters } = root;
  if (contentType === 'multipart/signed') return 'IPM.Note.SMIME.MultipartSigned';
  if (/^application\/(x-)?pkcs7-mime$/.test(contentType)) return 'IPM.Note.SMIME';
  if (contentType === 'multipart/report' && parameters.get('report-type') === 'delivery-status') {
    return 'REPORT.IPM.Note.NDR';
  }
  const calendar = leaves.find((part) => part.contentType === 'text/calendar');
  const method = calendar?.parameters.get('method')?.toUpperCase();
  if (method === 'REQUEST') return 'IPM.Schedule.Meeting.Request';
  if (method === 'CANCEL') return 'IPM.Schedule.Meeting.Canceled';
  if (method === 'REPLY') return 'IPM.Schedule.Meeting.Resp.Pos';
  return 'IPM.Note';
}

/** Attachments in canonical base64, and the HTML body where it needs no decoding. */
function segmentsOf(message: Buffer, leaves: Part[]): Segment[] {
  const segments: Segment[] = [];
  for (const part of leaves) {
    if (part.bodyEnd - part.bodyStart < segmentBytesMin) continue;
    const name = nameOf(part);
    const { contentType } = part;
    if (part.encoding === 'base64') {
      const found = base64Segment(message, part.bodyStart, part.bodyEnd);
      if (found) segments.push({ ...found, name, contentType });
    } else if (contentType === 'text/html' && /^(7bit|8bit|binary)$/.test(part.encoding)) {
      const { bodyStart: start, bodyEnd: end } = part;
      const bytes = end - start;
      segments.push({ start, end, coding: 'plain', line: 0, lineEnd: 0, bytes, name, contentType });
    }
  }
  return segments;
}

/** null where encoding the decoded bytes again would not give the same text. */
function base64Segment(
  message: Buffer,
  start: number,
  bodyEnd: number,
): Omit<Segment, 'name' | 'contentType'> | null {
  let end = bodyEnd;
  while (end > start && (message[end - 1] === 10 || message[end - 1] === 13)) end--;
  const firstEnd = message.indexOf(10, start);
  const many = firstEnd !== -1 && firstEnd < end;
  const lineEnd = many && message[firstEnd - 1] === 13 ? 2 : 1;
  const line = many ? firstEnd - start - (lineEnd - 1) : 0;
  if (line % 4 !== 0 || (many && line === 0)) return null;
  const bytes = Buffer.from(message.toString('latin1', start, end), 'base64');
  const again = encodeLines(bytes, line, lineEnd);
  if (!again.equals(message.subarray(start, end))) return null;
  return { start, end, coding: 'base64', line, lineEnd, bytes: bytes.length };
}

/** Base64 in lines, without a line end after the last. */
export function encodeLines(bytes: Buffer, line: number, lineEnd: number): Buffer {
  const text = bytes.toString('base64');
  if (line === 0 || text.length <= line) return Buffer.from(text, 'latin1');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += line) lines.push(text.slice(at, at + line));
  return Buffer.from(lines.join(lineEnd === 2 ? '\r\n' : '\n'), 'latin1');
}
