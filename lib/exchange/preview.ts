import PostalMime from 'postal-mime';
import type { ItemKind } from './item.ts';
import { clean, type MimeFacts, MimeReader } from './mime-facts.ts';
import type { ItemSource } from './replay.ts';
import { textOfHtml } from './text-of-html.ts';

export interface ItemPreview {
  headers: Array<{ name: string; value: string }>;
  text: string;
  attachments: Array<{ name: string; type: string; bytes: number }>;
  /** True where text or attachments go on beyond what is shown. */
  truncated: boolean;
}

const textCharactersMax = 256 * 1024;
/** Enough for the text of any message that people read; the rest is attachments. */
const parsedBytesMax = 1024 * 1024;
const lookedAtBytesMax = 32 * 1024 * 1024;
const attachmentsMax = 200;

/**
 * An item as text for people. Mail is hostile: there is no HTML in the answer, nothing is fetched, and
 * attachments are named and measured only. Null where the vault holds no readable form.
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
  let looked = 0;
  for await (const chunk of opened.body) {
    if (kept < parsedBytesMax) {
      const part = new Uint8Array(chunk.subarray(0, parsedBytesMax - kept));
      prefix.push(part);
      kept += part.length;
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
  const text = await textOfMime(mime);
  const attachments = facts.parts.filter((part) => part.attachment || part.name !== '');
  return {
    headers: headersOf([
      ['From', facts.sender],
      ['To', facts.recipients],
      ['Date', facts.date?.toISOString() ?? ''],
      ['Subject', facts.subject],
    ]),
    text: bounded(text),
    attachments: attachments
      .slice(0, attachmentsMax)
      .map(({ name, type, bytes }) => ({ name: name || 'unnamed', type, bytes })),
    truncated: cut || text.length > textCharactersMax || attachments.length > attachmentsMax,
  };
}

async function textOfMime(mime: Uint8Array): Promise<string> {
  try {
    const email = await PostalMime.parse(mime, { attachmentEncoding: 'arraybuffer' });
    if (email.text?.trim()) return email.text;
    return email.html ? textOfHtml(email.html) : '';
  } catch {
    // Broken beyond parsing: what is there is shown as it is.
    return Buffer.from(mime.subarray(0, textCharactersMax)).toString('latin1');
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
  const body = (item.body ?? {}) as { contentType?: unknown; content?: unknown };
  const content = typeof body.content === 'string' ? body.content : '';
  const text = plain(body.contentType).toLowerCase() === 'html' ? textOfHtml(content) : content;
  const notes = typeof item.personalNotes === 'string' ? item.personalNotes : '';
  const whole = text || notes || textOfProperties(item);
  const attachments = Array.isArray(item.attachments) ? item.attachments : [];
  return {
    headers: headersOf(jsonHeaders(kind, item)),
    text: bounded(whole),
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
