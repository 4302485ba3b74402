import type { ItemKind } from './item.ts';
import { type ListFacts, objectAt, propertiesOf } from './json-facts.ts';
import { clean, type KeptText, type MimeFacts, MimeReader, type TextLeaf } from './mime-facts.ts';
import { wordsOfMarkup } from './text-of-markup.ts';

/** What of an item can be searched, as bounded text without control characters. */
export interface ItemText {
  subject: string;
  /** Names and addresses. */
  people: string;
  /** Names of attachments. */
  files: string;
  body: string;
  extent: 'whole' | 'beginning';
}

/** Some ten thousand words: nothing but logs and threads that quote themselves has more. */
const bodyCharactersMax = 64 * 1024;
const filesCharactersMax = 8 * 1024;
const peopleCharactersMax = 8 * 1024;
/** A plain form this short may only say where to see the other. */
const plainForm = 200;

/** Markup is most of an HTML body. */
export const keptText: KeptText = { plainBytesMax: 128 * 1024, htmlBytesMax: 512 * 1024 };

/** Of a message that a reader with `keptText` has read to its end. */
export function textOfMime(reader: MimeReader, facts: MimeFacts): ItemText {
  const files = facts.parts.map((part) => part.name).filter((name) => name !== '');
  return bounded(
    {
      subject: facts.subject,
      people: `${facts.sender}, ${facts.recipients}`,
      files: files.join('\n'),
      body: bodyOf(reader.texts),
    },
    reader.textCut,
  );
}

function bodyOf(leaves: readonly TextLeaf[]): string {
  const told = new Set<number>();
  const pieces: string[] = [];
  for (const { html, charset, pieces: kept, alternative } of leaves) {
    const bytes = Buffer.concat(kept);
    if (html && alternative !== null && told.has(alternative)) continue;
    const text = html ? wordsOfMarkup(decode(bytes, charset)) : decode(bytes, charset);
    pieces.push(text);
    if (!html && alternative !== null && text.length >= plainForm) told.add(alternative);
  }
  return pieces.join('\n');
}

const utf8 = new TextDecoder();

function decode(bytes: Buffer, charset: string): string {
  const name = charset.trim().toLowerCase();
  if (name === '' || name === 'utf-8' || name === 'us-ascii') {
    const text = utf8.decode(bytes);
    // Older mail says nothing, or the wrong thing, and is Latin-1.
    return text.includes('\ufffd') ? bytes.toString('latin1') : text;
  }
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return utf8.decode(bytes);
  }
}

/** Of an event, contact, task or plain item, from the JSON that Graph gave. */
type Known = Pick<ListFacts, 'subject' | 'sender' | 'recipients'>;

export function textOfJson(kind: ItemKind, facts: Known, json: unknown): ItemText {
  const item = objectAt(json);
  const list = (value: unknown) => (Array.isArray(value) ? value.slice(0, 200) : []);
  const string = (value: unknown) => (typeof value === 'string' ? value : '');
  const people = [facts.sender, facts.recipients];
  const body = [contentOf(item.body)];
  switch (kind) {
    case 'event':
      body.push(string(objectAt(item.location).displayName));
      break;
    case 'contact':
      people.push(
        ...[item.displayName, item.givenName, item.surname, item.nickName].map(string),
        ...list(item.emailAddresses).map((mail) => string(objectAt(mail).address)),
      );
      body.push(
        ...[item.companyName, item.department, item.jobTitle, item.profession].map(string),
        ...[item.mobilePhone, ...list(item.businessPhones), ...list(item.homePhones)].map(string),
        ...[item.businessAddress, item.homeAddress, item.otherAddress].flatMap((address) =>
          Object.values(objectAt(address)).map(string),
        ),
        string(item.personalNotes),
      );
      break;
    case 'task':
      break;
    default:
      body.push(...[...propertiesOf(item).values()]);
  }
  const files = list(item.attachments).map((file) => string(objectAt(file).name));
  return bounded(
    {
      subject: facts.subject,
      people: people.filter(Boolean).join(', '),
      files: files.join('\n'),
      body: body.filter(Boolean).join('\n'),
    },
    false,
  );
}

function contentOf(value: unknown): string {
  const { contentType, content } = objectAt(value);
  if (typeof content !== 'string') return '';
  const text = content.slice(0, keptText.htmlBytesMax);
  const isHtml = typeof contentType === 'string' && contentType.toLowerCase() === 'html';
  return isHtml ? wordsOfMarkup(text) : text;
}

function bounded(text: Omit<ItemText, 'extent'>, cut: boolean): ItemText {
  const tooLong =
    text.body.length > bodyCharactersMax ||
    text.files.length > filesCharactersMax ||
    text.people.length > peopleCharactersMax;
  return {
    subject: clean(text.subject, 1000),
    people: clean(text.people, peopleCharactersMax),
    files: clean(text.files, filesCharactersMax),
    // Runs of blanks go; the rest is room enough for them.
    body: clean(text.body.slice(0, 8 * bodyCharactersMax), bodyCharactersMax),
    extent: cut || tooLong ? 'beginning' : 'whole',
  };
}

/** Where an item's readable form is kept. */
export interface TextSource {
  openReadable(
    ref: string,
  ): Promise<{ format: 'mime' | 'json'; body: AsyncIterable<Uint8Array> } | null>;
}

/** The text of an item that the vault has; null where there is no form that people can read. */
export async function textOfStored(
  source: TextSource,
  ref: string,
  kind: ItemKind,
  known: Known,
): Promise<ItemText | null> {
  const opened = await source.openReadable(ref);
  if (opened === null) return null;
  if (opened.format === 'mime') {
    const reader = new MimeReader(null, keptText);
    for await (const chunk of opened.body) reader.push(chunk);
    return textOfMime(reader, reader.end());
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of opened.body) {
    bytes += chunk.length;
    if (bytes > jsonBytesMax) return null;
    parts.push(new Uint8Array(chunk));
  }
  try {
    return textOfJson(kind, known, JSON.parse(Buffer.concat(parts).toString('utf8')));
  } catch {
    return null;
  }
}

/** As in `read-item.ts`: larger JSON is stored and not looked into. */
const jsonBytesMax = 8 * 1024 * 1024;
