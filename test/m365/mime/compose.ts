import { createHash } from 'node:crypto';
import type { Address } from '../store/item.ts';
import { encodeLines } from './read.ts';

export interface ComposeAttachment {
  name: string;
  contentType: string;
  content: Buffer;
  inline: boolean;
  contentId: string | null;
}

export interface ComposeMessage {
  /** Written before everything else, as they are: what servers add on the way. */
  transport?: Array<[string, string]>;
  from: Address | null;
  sender?: Address | null;
  to: Address[];
  cc?: Address[];
  bcc?: Address[];
  replyTo?: Address[];
  subject: string;
  date: string | null;
  messageId: string | null;
  /** Further header fields. */
  headers?: Array<[string, string]>;
  text: string | null;
  html: string | null;
  attachments?: ComposeAttachment[];
  /** A calendar part beside text and HTML: a meeting request. */
  calendar?: { method: string; text: string };
}

const lineEnd = '\r\n';

/** A message as Exchange would write it: CRLF, base64 in lines of 76, header words encoded. */
export function composeMessage(message: ComposeMessage): Buffer {
  const attachments = message.attachments ?? [];
  const seed = createHash('sha256')
    .update(`${message.messageId}${message.date}${message.subject}`)
    .digest('hex');
  let boundaries = 0;
  const boundary = () => `_${String(boundaries++).padStart(3, '0')}_${seed.slice(0, 24)}_`;
  const multipart = (kind: string, parts: Buffer[], more = ''): Buffer => {
    const mark = boundary();
    const head = `Content-Type: multipart/${kind};${more} boundary="${mark}"${lineEnd}${lineEnd}`;
    const pieces: Buffer[] = [Buffer.from(head)];
    for (const part of parts) {
      pieces.push(Buffer.from(`--${mark}${lineEnd}`), part, Buffer.from(lineEnd));
    }
    pieces.push(Buffer.from(`--${mark}--${lineEnd}`));
    return Buffer.concat(pieces);
  };

  const bodies: Buffer[] = [];
  if (message.text !== null || message.html === null)
    bodies.push(textPart('plain', message.text ?? ''));
  if (message.html !== null) bodies.push(textPart('html', message.html));
  if (message.calendar) bodies.push(calendarPart(message.calendar));
  let content = bodies.length === 1 ? bodies[0]! : multipart('alternative', bodies);
  const inline = attachments.filter((it) => it.inline);
  const attached = attachments.filter((it) => !it.inline);
  if (inline.length > 0) {
    content = multipart(
      'related',
      [content, ...inline.map(attachmentPart)],
      ' type="multipart/alternative";',
    );
  }
  if (attached.length > 0) content = multipart('mixed', [content, ...attached.map(attachmentPart)]);
  return Buffer.concat([Buffer.from(headerBlock(message)), content]);
}

function headerBlock(message: ComposeMessage): string {
  const lines: string[] = [];
  const put = (name: string, value: string) => lines.push(`${name}: ${value}${lineEnd}`);
  for (const [name, value] of message.transport ?? []) put(name, value);
  const list = (name: string, people: Address[] | undefined) => {
    if (people && people.length > 0) put(name, people.map(formatAddress).join(`,${lineEnd}\t`));
  };
  list('From', message.from ? [message.from] : []);
  if (message.sender && message.sender.address !== message.from?.address)
    list('Sender', [message.sender]);
  list('To', message.to);
  list('Cc', message.cc);
  list('Bcc', message.bcc);
  list('Reply-To', message.replyTo);
  put('Subject', encodeWords(message.subject));
  if (message.date) put('Date', formatDate(message.date));
  if (message.messageId) put('Message-ID', message.messageId);
  for (const [name, value] of message.headers ?? []) put(name, value);
  put('MIME-Version', '1.0');
  return lines.join('');
}

function textPart(kind: 'plain' | 'html', text: string): Buffer {
  const body = text.replace(/\r?\n/g, lineEnd);
  const simple =
    /^[\t\r\n\x20-\x7e]*$/.test(body) && body.split(lineEnd).every((line) => line.length <= 990);
  const head = `Content-Type: text/${kind}; charset="${simple ? 'us-ascii' : 'utf-8'}"${lineEnd}Content-Transfer-Encoding: ${simple ? '7bit' : 'quoted-printable'}${lineEnd}${lineEnd}`;
  return Buffer.from(head + (simple ? body : quotedPrintable(body)), 'latin1');
}

function calendarPart({ method, text }: { method: string; text: string }): Buffer {
  const head = `Content-Type: text/calendar; charset="utf-8"; method=${method}${lineEnd}Content-Transfer-Encoding: base64${lineEnd}${lineEnd}`;
  return Buffer.concat([Buffer.from(head), encodeLines(Buffer.from(text), 76, 2)]);
}

function attachmentPart(attachment: ComposeAttachment): Buffer {
  const { name, contentType, content, inline, contentId } = attachment;
  const shown = /^[\x20-\x7e]*$/.test(name)
    ? `"${name.replace(/["\\]/g, '\\$&')}"`
    : `"${encodeWords(name)}"`;
  const lines = [
    `Content-Type: ${contentType}; name=${shown}`,
    `Content-Description: ${encodeWords(name)}`,
    `Content-Disposition: ${inline ? 'inline' : 'attachment'}; filename=${shown}; size=${content.length}`,
    ...(contentId ? [`Content-ID: <${contentId}>`] : []),
    'Content-Transfer-Encoding: base64',
  ];
  const head = `${lines.join(lineEnd)}${lineEnd}${lineEnd}`;
  return Buffer.concat([Buffer.from(head), encodeLines(content, 76, 2)]);
}

function formatAddress({ name, address }: Address): string {
  if (name === '' || name === address) return address;
  const plain = /^[\x20-\x7e]*$/.test(name);
  return `${plain ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWords(name)} <${address}>`;
}

/** `Tue, 3 Nov 2026 09:14:00 +0000` */
export function formatDate(iso: string): string {
  return new Date(iso).toUTCString().replace('GMT', '+0000');
}

/** RFC 2047, base64 words of at most 75 characters. */
export function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((it) => `=?utf-8?B?${Buffer.from(it).toString('base64')}?=`).join(`${lineEnd} `);
}

function quotedPrintable(text: string): string {
  return text
    .split(lineEnd)
    .map((line) => {
      const units: string[] = [];
      for (const byte of Buffer.from(line)) {
        const plain = (byte >= 0x20 && byte <= 0x7e && byte !== 0x3d) || byte === 0x09;
        units.push(
          plain
            ? String.fromCharCode(byte)
            : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        );
      }
      const last = units.at(-1);
      if (last === ' ' || last === '\t') units[units.length - 1] = last === ' ' ? '=20' : '=09';
      let out = '';
      let column = 0;
      for (const unit of units) {
        if (column + unit.length > 75) {
          out += `=${lineEnd}`;
          column = 0;
        }
        out += unit;
        column += unit.length;
      }
      return out;
    })
    .join(lineEnd);
}
