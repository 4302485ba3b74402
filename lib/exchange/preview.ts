import PostalMime from 'postal-mime';
import { inlinePictures } from './inline-pictures.ts';
import type { ItemKind } from './item.ts';
import { bodyHtmlOf, bodyTextOf, detailsOf, type ItemDetails } from './item-details.ts';
import { attachmentsOf, clean, type MimeFacts, MimeReader } from './mime-facts.ts';
import type { ItemSource } from './replay.ts';
import { sanitizeMail } from './sanitize-mail.ts';
import { textOfHtml } from './text-of-html.ts';

export interface ItemPreview {
  headers: Array<{ name: string; value: string }>;
  text: string;
  /** The formatted text, harmless; null where there is none, or none that could be made so. */
  html: string | null;
  /** Pictures and styles of elsewhere that were left out of it. */
  remote: number;
  /** Every header line of a message, in its order. */
  headerLines: Array<{ name: string; value: string }>;
  /** Of events, contacts and tasks. */
  details: ItemDetails | null;
  attachments: Array<{ name: string; type: string; bytes: number }>;
  /** True where text or attachments go on beyond what is shown. */
  truncated: boolean;
}

const textCharactersMax = 256 * 1024;
/** Enough for the text and the pictures of any message that people read; the rest is attachments. */
const parsedBytesMax = 8 * 1024 * 1024;
/** Parsing costs by the line: that many base64 lines fill the bytes above. */
const parsedLinesMax = 115_000;
const lookedAtBytesMax = 32 * 1024 * 1024;
const attachmentsMax = 200;
const headerLinesMax = 500;

/**
 * An item for people to look at. Mail is hostile: text comes first, HTML is made harmless, nothing is
 * fetched, and attachments are named and measured only. Null where the vault holds no readable form.
 */
export async function previewItem(
  source: Pick<ItemSource, 'openReadable'>,
  ref: string,
  kind: ItemKind,
): Promise<ItemPreview | null> {
  const opened = await source.openReadable(ref);
  if (!opened) return null;
  const reader = new MimeReader();
  const prefix: Uint8Array[] = [];
  let kept = 0;
  let lines = 0;
  let looked = 0;
  for await (const chunk of opened.body) {
    if (kept < parsedBytesMax && lines < parsedLinesMax) {
      const part = Buffer.from(chunk.subarray(0, parsedBytesMax - kept));
      const whole = endOfLine(part, parsedLinesMax - lines);
      prefix.push(part.subarray(0, whole.end));
      kept += whole.end;
      lines += whole.lines;
    }
    looked += chunk.length;
    if (opened.format === 'mime') reader.push(chunk);
    if (looked >= lookedAtBytesMax || (opened.format === 'json' && kept >= parsedBytesMax)) break;
  }
  const cut = looked < opened.bytes;
  return opened.format === 'mime'
    ? previewOfMime(Buffer.concat(prefix), reader.end(), cut)
    : previewOfJson(kind, Buffer.concat(prefix), cut);
}

async function previewOfMime(
  mime: Uint8Array,
  facts: MimeFacts,
  cut: boolean,
): Promise<ItemPreview> {
  const { text, html, remote, headerLines } = await bodyOfMime(mime);
  const attachments = attachmentsOf(facts);
  return {
    headers: headersOf([
      ['From', facts.sender],
      ['To', facts.recipients],
      ['Date', facts.date?.toISOString() ?? ''],
      ['Subject', facts.subject],
    ]),
    text: bounded(text),
    html,
    remote,
    headerLines,
    details: null,
    attachments: attachments
      .slice(0, attachmentsMax)
      .map(({ name, type, bytes }) => ({ name: name || 'unnamed', type, bytes })),
    truncated: cut || text.length > textCharactersMax || attachments.length > attachmentsMax,
  };
}

/** Where a number of lines ends, or what there is of them. */
function endOfLine(bytes: Buffer, linesMax: number): { end: number; lines: number } {
  let end = 0;
  for (let lines = 0; lines < linesMax; lines++) {
    const at = bytes.indexOf(10, end);
    if (at === -1) return { end: bytes.length, lines };
    end = at + 1;
  }
  return { end, lines: linesMax };
}

type Body = Pick<ItemPreview, 'text' | 'html' | 'remote' | 'headerLines'>;

async function bodyOfMime(mime: Uint8Array): Promise<Body> {
  try {
    const email = await PostalMime.parse(mime, { attachmentEncoding: 'arraybuffer' });
    const text = email.text?.trim() ? email.text : email.html ? textOfHtml(email.html) : '';
    const shown = email.html ? sanitizeMail(email.html, inlinePictures(email.attachments)) : null;
    return {
      text,
      html: shown?.html ?? null,
      remote: shown?.remote ?? 0,
      headerLines: email.headerLines.slice(0, headerLinesMax).map(({ key, line }) => ({
        name: clean(line.slice(0, line.indexOf(':')) || key, 200),
        value: clean(line.slice(line.indexOf(':') + 1), 4000),
      })),
    };
  } catch {
    // Broken beyond parsing: what is there is shown as it is.
    const text = Buffer.from(mime.subarray(0, textCharactersMax)).toString('latin1');
    return { text, html: null, remote: 0, headerLines: [] };
  }
}

function previewOfJson(kind: ItemKind, bytes: Buffer, cut: boolean): ItemPreview {
  let item: Record<string, unknown> = {};
  try {
    const whole: unknown = JSON.parse(bytes.toString('utf8'));
    if (whole !== null && typeof whole === 'object') item = whole as Record<string, unknown>;
  } catch {
    cut = true;
  }
  const text = bodyTextOf(item);
  const formatted = bodyHtmlOf(item);
  const shown = formatted ? sanitizeMail(formatted, () => null) : null;
  const notes = typeof item.personalNotes === 'string' ? item.personalNotes : '';
  const whole = text || notes || textOfProperties(item);
  const attachments = Array.isArray(item.attachments) ? item.attachments : [];
  return {
    headers: headersOf(jsonHeaders(kind, item)),
    text: bounded(whole),
    html: shown?.html ?? null,
    remote: shown?.remote ?? 0,
    headerLines: [],
    details: detailsOf(kind, item),
    attachments: attachments
      .slice(0, attachmentsMax)
      .map((entry: { name?: unknown; contentType?: unknown; size?: unknown } | null) => ({
        name: clean(plain(entry?.name) || 'unnamed', 255),
        type: clean(plain(entry?.contentType), 100),
        bytes: typeof entry?.size === 'number' ? entry.size : 0,
      })),
    truncated: cut || whole.length > textCharactersMax,
  };
}

function jsonHeaders(kind: ItemKind, item: Record<string, unknown>): Array<[string, string]> {
  const at = (value: unknown, key: string) =>
    value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : null;
  const str = (value: unknown) => (typeof value === 'string' ? value : '');
  const when = (value: unknown) =>
    [str(at(value, 'dateTime')), str(at(value, 'timeZone'))].join(' ');
  const person = (value: unknown) => {
    const mail = at(value, 'emailAddress');
    return [str(at(mail, 'name')), str(at(mail, 'address'))].filter(Boolean).join(' · ');
  };
  const list = (value: unknown) => (Array.isArray(value) ? value.slice(0, 100) : []);
  switch (kind) {
    case 'event':
      return [
        ['Subject', str(item.subject)],
        ['Starts', when(item.start)],
        ['Ends', when(item.end)],
        ['Where', str(at(item.location, 'displayName'))],
        ['Organiser', person(item.organizer)],
        ['Invited', list(item.attendees).map(person).join(', ')],
      ];
    case 'contact':
      return [
        ['Name', str(item.displayName)],
        ['Company', str(item.companyName)],
        ['Title', str(item.jobTitle)],
        [
          'E-mail',
          list(item.emailAddresses)
            .map((mail) => str(at(mail, 'address')))
            .join(', '),
        ],
        ['Mobile', str(item.mobilePhone)],
        ['Business', list(item.businessPhones).map(str).join(', ')],
        ['Home', list(item.homePhones).map(str).join(', ')],
      ];
    case 'task':
      return [
        ['Title', str(item.title)],
        ['Status', str(item.status)],
        ['Due', when(item.dueDateTime)],
        ['Importance', str(item.importance)],
      ];
    default:
      return [['Class', str(item.type)]];
  }
}

function textOfProperties(item: Record<string, unknown>): string {
  const properties = Array.isArray(item.singleValueExtendedProperties)
    ? (item.singleValueExtendedProperties as Array<{ id?: unknown; value?: unknown } | null>)
    : [];
  return properties
    .filter((property) => /^string/i.test(plain(property?.id)))
    .map((property) => plain(property?.value))
    .join('\n');
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function headersOf(list: Array<[string, string]>): ItemPreview['headers'] {
  return list
    .map(([name, value]) => ({ name, value: clean(value, 4000) }))
    .filter(({ value }) => value !== '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Marks that turn the direction of text can make a sentence read as another. */
const direction = /[\u202a-\u202e\u2066-\u2069]/g;

function bounded(text: string): string {
  return text
    .slice(0, textCharactersMax)
    .replaceAll('\r\n', '\n')
    .replace(controls, '')
    .replace(direction, '')
    .toWellFormed();
}
