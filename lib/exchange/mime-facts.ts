import { createHash, type Hash } from 'node:crypto';
import { addressParser, decodeWords } from 'postal-mime';

/** What a message says about itself, read in one pass over its MIME. */
export interface MimeFacts {
  subject: string;
  /** First author, `Name <address>`. */
  sender: string;
  /** To and Cc, comma separated. */
  recipients: string;
  date: Date | null;
  internetMessageId: string | null;
  hasAttachments: boolean;
  /** Addresses as they count for identity: lower case, sorted. */
  addresses: { from: string[]; to: string[]; cc: string[] };
  /** The leaves in the order of the message. */
  parts: PartFact[];
}

export interface PartFact {
  /** Lower-case media type. */
  type: string;
  name: string;
  attachment: boolean;
  /** Decoded bytes. */
  bytes: number;
  /** Of the decoded content; text with its line ends and trailing blanks evened out. */
  sha256: string;
}

/** The decoded beginning of a leaf that people read as text. */
export interface TextLeaf {
  html: boolean;
  charset: string;
  pieces: Buffer[];
  bytes: number;
  /** There was more. */
  cut: boolean;
  /** The multipart/alternative it stands in, where it is one of several forms of the same. */
  alternative: number | null;
}

/** Of plain and HTML leaves that are no attachments so many bytes are kept. */
export interface KeptText {
  plainBytesMax: number;
  htmlBytesMax: number;
}

const headerBytesMax = 256 * 1024;
const lineBytesMax = 64 * 1024;
const depthMax = 64;
const partsMax = 10_000;

const cr = 0x0d;
const lf = 0x0a;
const dashByte = 0x2d;

/**
 * Reads a message as it arrives, in bounded memory, whatever it holds: it never fails, it only finds
 * less in what is broken. Large attachments are hashed on the way and not kept.
 */
export class MimeReader {
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** The line at hand began in an earlier fragment: it can be no boundary. */
  #inLine = false;
  #headers: Buffer[] | null = [];
  #headerBytes = 0;
  readonly #boundaries: string[] = [];
  #leaf: Leaf | null = null;
  #top: Map<string, string[]> | null = null;
  #nested = 0;
  readonly #parts: PartFact[] = [];
  readonly #wanted: WantedPart | null;
  #attachments = 0;
  /** Of an attached message that is wanted: how many boundaries stood around it. */
  #rawDepth: number | null = null;

  /** For each open boundary the number of its multipart/alternative, or null. */
  readonly #alternatives: (number | null)[] = [];
  #alternativesSeen = 0;
  readonly #texts: TextLeaf[] = [];
  readonly #room: { plain: number; html: number } | null;
  #textLeft = false;

  /**
   * @param wanted one attachment whose bytes are to be handed out as they go by
   * @param keptText how much of the text is kept for `texts`; none where absent
   */
  constructor(wanted: WantedPart | null = null, keptText?: KeptText) {
    this.#wanted = wanted;
    this.#room = keptText ? { plain: keptText.plainBytesMax, html: keptText.htmlBytesMax } : null;
  }

  /** What was kept of the text, in the order of the message; complete after `end`. */
  get texts(): readonly TextLeaf[] {
    return this.#texts;
  }

  /** There is more text than was kept. */
  get textCut(): boolean {
    return this.#textLeft || this.#texts.some((text) => text.cut);
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      from = this.#takeBase64(chunk, from);
      const end = chunk.indexOf(lf, from);
      if (end === -1) {
        this.#keep(chunk.subarray(from));
        return;
      }
      this.#keep(chunk.subarray(from, end), true);
      from = end + 1;
    }
  }

  end(): MimeFacts {
    if (this.#lineBytes > 0 || this.#inLine) this.#takeLine(false);
    if (this.#headers) this.#endHeaders();
    this.#endLeaf();
    return summarise(this.#top ?? new Map(), this.#parts);
  }

  /**
   * Whole lines of base64 at once: most bytes of most mail are such lines. A dash is not in its
   * alphabet, so up to the line with the next dash there is no boundary.
   */
  #takeBase64(chunk: Uint8Array, from: number): number {
    if (!this.#leaf?.isBase64 || this.#headers || this.#lineBytes > 0 || this.#inLine) return from;
    const dash = chunk.indexOf(dashByte, from);
    const end = chunk.lastIndexOf(lf, dash === -1 ? chunk.length - 1 : dash);
    if (end < from) return from;
    const lines = Buffer.from(chunk.buffer, chunk.byteOffset + from, end - from);
    if (this.#rawDepth !== null) this.#wanted?.take(Buffer.concat([lines, newline]));
    this.#leaf.line(lines, true);
    return end + 1;
  }

  #keep(bytes: Uint8Array, whole = false): void {
    if (bytes.length > 0) {
      this.#line.push(Buffer.from(bytes));
      this.#lineBytes += bytes.length;
    }
    if (whole) this.#takeLine(true);
    else if (this.#lineBytes > lineBytesMax) this.#takeLine(false);
  }

  /** @param ended false for a piece of a line that is too long to be kept, or the last without an end */
  #takeLine(ended: boolean): void {
    const line = this.#line.length === 1 ? this.#line[0]! : Buffer.concat(this.#line);
    this.#line = [];
    this.#lineBytes = 0;
    const begun = this.#inLine;
    this.#inLine = !ended;
    const text = ended && line.at(-1) === cr ? line.subarray(0, -1) : line;
    const boundary = !begun && this.#isBoundary(text);
    if (this.#rawDepth !== null) this.#wanted?.take(ended ? Buffer.concat([line, newline]) : line);
    if (boundary) return;
    if (this.#headers) this.#headerLine(text, begun);
    else this.#leaf?.line(text, ended);
  }

  #isBoundary(line: Buffer): boolean {
    if (line.length < 3 || line[0] !== 0x2d || line[1] !== 0x2d || line.length > 1024) return false;
    const text = line.toString('latin1').trimEnd().slice(2);
    for (let depth = this.#boundaries.length - 1; depth >= 0; depth--) {
      const boundary = this.#boundaries[depth]!;
      const closes = text === `${boundary}--`;
      if (text !== boundary && !closes) continue;
      if (this.#headers && this.#headerBytes > 0) this.#endHeaders();
      this.#endLeaf();
      if (this.#rawDepth !== null && depth < this.#rawDepth) this.#rawDepth = null;
      this.#boundaries.length = closes ? depth : depth + 1;
      this.#startHeaders(closes);
      return true;
    }
    return false;
  }

  #startHeaders(afterEnd: boolean): void {
    this.#headers = afterEnd ? null : [];
    this.#headerBytes = 0;
  }

  #headerLine(line: Buffer, begun: boolean): void {
    if (line.length === 0 && !begun) {
      this.#endHeaders();
      return;
    }
    if (this.#headerBytes + line.length > headerBytesMax) return;
    this.#headerBytes += line.length + 1;
    if (begun && this.#headers!.length > 0) {
      this.#headers!.push(Buffer.concat([this.#headers!.pop()!, line]));
    } else {
      this.#headers!.push(line);
    }
  }

  #endHeaders(): void {
    const headers = parseHeaders(this.#headers ?? []);
    this.#headers = null;
    this.#top ??= headers;
    const type = parseParameters(first(headers, 'content-type') || 'text/plain');
    const disposition = parseParameters(first(headers, 'content-disposition'));
    const media = /^[\w.+-]+\/[\w.+-]+$/.test(type.value) ? type.value : 'text/plain';
    const boundary = type.parameters.get('boundary');
    if (media.startsWith('multipart/') && boundary && this.#boundaries.length < depthMax) {
      this.#boundaries.push(boundary.trimEnd());
      this.#alternatives.length = this.#boundaries.length - 1;
      const isAlternative = media === 'multipart/alternative';
      this.#alternatives.push(isAlternative ? this.#alternativesSeen++ : null);
      return;
    }
    const name = disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '';
    const attachment = disposition.value === 'attachment';
    const encoding = first(headers, 'content-transfer-encoding').trim().toLowerCase();
    const plain = encoding !== 'base64' && encoding !== 'quoted-printable';
    if (media === 'message/rfc822' && plain && this.#nested < depthMax) {
      this.#nested++;
      const part = marker('message/rfc822', clean(name, 255), attachment);
      this.#parts.push(part);
      // Handed out as it stands: it is a message of its own.
      if (this.#isWanted(part)) this.#rawDepth = this.#boundaries.length;
      this.#startHeaders(false);
      return;
    }
    if (this.#parts.length >= partsMax) return;
    const leaf = { type: media, name: clean(name, 255), attachment };
    this.#leaf = new Leaf(
      leaf.type,
      leaf.name,
      leaf.attachment,
      encoding,
      this.#isWanted(leaf)
        ? this.#wanted!.take
        : this.#keeperOf(leaf, type.parameters.get('charset') ?? ''),
    );
  }

  /** Keeps what a leaf says where that is text to read, as far as there is room for it. */
  #keeperOf(
    { type, name, attachment }: Pick<PartFact, 'type' | 'name' | 'attachment'>,
    charset: string,
  ): ((bytes: Buffer) => void) | null {
    const room = this.#room;
    const kind = type === 'text/html' ? 'html' : type === 'text/plain' ? 'plain' : null;
    if (room === null || kind === null || attachment || name !== '') return null;
    if (room[kind] <= 0) {
      this.#textLeft = true;
      return null;
    }
    const alternative = this.#alternatives[this.#boundaries.length - 1] ?? null;
    const text: TextLeaf = {
      ...{ html: kind === 'html', charset, pieces: [], bytes: 0, cut: false, alternative },
    };
    this.#texts.push(text);
    return (bytes) => {
      const piece = bytes.subarray(0, Math.max(0, room[kind]));
      if (piece.length < bytes.length) text.cut = true;
      if (piece.length === 0) return;
      text.pieces.push(piece);
      text.bytes += piece.length;
      room[kind] -= piece.length;
    };
  }

  #isWanted(part: Pick<PartFact, 'name' | 'attachment'>): boolean {
    return isAttachment(part) && this.#attachments++ === this.#wanted?.index;
  }

  #endLeaf(): void {
    if (this.#leaf) this.#parts.push(this.#leaf.end());
    this.#leaf = null;
  }
}

class Leaf {
  readonly #type: string;
  readonly #name: string;
  readonly #attachment: boolean;
  readonly #encoding: string;
  readonly #hash: Hash = createHash('sha256');
  readonly #even: boolean;
  #bytes = 0;
  #carry = '';
  #blank = '';
  readonly #hand: ((bytes: Buffer) => void) | null;
  /** The end of the last line belongs to the boundary after it. */
  #lineOpen = false;

  constructor(
    type: string,
    name: string,
    attachment: boolean,
    encoding: string,
    hand: ((bytes: Buffer) => void) | null,
  ) {
    this.#hand = hand;
    this.#type = type;
    this.#name = name;
    this.#attachment = attachment;
    this.#encoding = encoding;
    // Content that travels as lines may come back with other line ends.
    this.#even = type.startsWith('text/') || encoding !== 'base64';
  }

  get isBase64(): boolean {
    return this.#encoding === 'base64';
  }

  /** One line or a piece of one; of base64, any number of lines. */
  line(line: Buffer, ended: boolean): void {
    if (this.#encoding === 'base64') {
      const text = this.#carry + line.toString('latin1').replace(/[^A-Za-z0-9+/]/g, '');
      const whole = text.length - (text.length % 4);
      this.#carry = text.slice(whole);
      this.#take(Buffer.from(text.slice(0, whole), 'base64'));
      return;
    }
    if (this.#encoding === 'quoted-printable') {
      const text = line.toString('latin1').replace(/[ \t]+$/, '');
      const soft = ended && text.endsWith('=');
      this.#take(unquote(soft ? text.slice(0, -1) : text));
      if (ended && !soft) this.#take(newline);
      return;
    }
    this.#take(line);
    if (ended) this.#take(newline);
  }

  end(): PartFact {
    if (this.#carry.length > 1) this.#take(Buffer.from(this.#carry, 'base64'));
    return {
      type: this.#type,
      name: this.#name,
      attachment: this.#attachment,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
    };
  }

  #handOut(bytes: Buffer): void {
    if (this.#lineOpen) this.#hand!(lineEnd);
    this.#lineOpen = bytes === newline;
    if (!this.#lineOpen && bytes.length > 0) this.#hand!(bytes);
  }

  #take(bytes: Buffer): void {
    if (this.#hand) this.#handOut(bytes);
    if (bytes.length === 0) return;
    if (!this.#even) {
      this.#bytes += bytes.length;
      this.#hash.update(bytes);
      return;
    }
    const text = this.#blank + bytes.toString('latin1').replaceAll('\r', '');
    const solid = text.trimEnd();
    // Blanks at the very end do not count; a long run of them is not kept for ever.
    this.#blank = text.slice(solid.length).slice(0, lineBytesMax);
    if (solid === '') return;
    const evened = Buffer.from(solid, 'latin1');
    this.#bytes += evened.length;
    this.#hash.update(evened);
  }
}

const newline = Buffer.from('\n');
const lineEnd = Buffer.from('\r\n');

/** Which of a message's attachments is wanted, counted as `attachmentsOf` lists them. */
export interface WantedPart {
  index: number;
  take(bytes: Buffer): void;
}

function isAttachment(part: Pick<PartFact, 'name' | 'attachment'>): boolean {
  return part.attachment || part.name !== '';
}

/** What people call attachments: parts that say so or have a name. */
export function attachmentsOf(facts: MimeFacts): PartFact[] {
  return facts.parts.filter(isAttachment);
}

function unquote(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
}

function marker(type: string, name: string, attachment: boolean): PartFact {
  return { type, name, attachment, bytes: 0, sha256: '' };
}

function parseHeaders(lines: Buffer[]): Map<string, string[]> {
  const unfolded: string[] = [];
  for (const line of lines) {
    const text = headerText(line);
    if (/^[ \t]/.test(text) && unfolded.length > 0) unfolded.push(unfolded.pop() + text);
    else unfolded.push(text);
  }
  const headers = new Map<string, string[]>();
  for (const line of unfolded) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = headers.get(name);
    if (values) values.push(line.slice(colon + 1).trim());
    else headers.set(name, [line.slice(colon + 1).trim()]);
  }
  return headers;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Raw eight-bit headers are UTF-8 where they can be. */
function headerText(line: Buffer): string {
  try {
    return strictUtf8.decode(line);
  } catch {
    return line.toString('latin1');
  }
}

function first(headers: Map<string, string[]>, name: string): string {
  return headers.get(name)?.[0] ?? '';
}

interface Parameters {
  value: string;
  parameters: Map<string, string>;
}

/** `value; a=b; c*0*=utf-8''d` (RFC 2045, RFC 2231), forgiving. */
export function parseParameters(header: string): Parameters {
  const text = header.slice(0, 16_384);
  const semicolon = text.indexOf(';');
  const value = (semicolon === -1 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const raw = new Map<string, string>();
  if (semicolon !== -1) {
    const pair = /;\s*([^=;\s]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
    for (const match of text.slice(semicolon).matchAll(pair)) {
      const key = match[1]!.toLowerCase();
      const found = match[2]?.replace(/\\(.)/g, '$1') ?? match[3]!.trim();
      if (!raw.has(key)) raw.set(key, found);
    }
  }
  return { value, parameters: joinContinuations(raw) };
}

function joinContinuations(raw: Map<string, string>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [key, text] of raw) {
    const [name = '', ...marks] = key.split('*');
    if (marks.length === 0) {
      parameters.set(name, safeWords(text));
      continue;
    }
    if (parameters.has(name)) continue;
    let joined = '';
    let charset = '';
    for (let piece = 0; piece < 100; piece++) {
      const encoded =
        raw.get(`${name}*${piece}*`) ?? (piece === 0 ? raw.get(`${name}*`) : undefined);
      const part = encoded ?? raw.get(`${name}*${piece}`);
      if (part === undefined) break;
      if (encoded === undefined) {
        joined += part.replaceAll('%', '%25');
        continue;
      }
      const match = piece === 0 ? /^([^']*)'[^']*'(.*)$/s.exec(part) : null;
      if (match) charset = match[1]!;
      joined += match ? match[2]! : part;
    }
    parameters.set(name, percentDecode(joined, charset));
  }
  return parameters;
}

function percentDecode(text: string, charset: string): string {
  const bytes = Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  try {
    return new TextDecoder(charset || 'utf-8').decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function safeWords(text: string): string {
  try {
    return decodeWords(text);
  } catch {
    return text;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g;

/** One line of text for people and for a database: no control characters, bounded. */
export function clean(text: string, charactersMax: number): string {
  const line = text.replace(controls, ' ').replace(/\s+/g, ' ').trim();
  // Half a surrogate pair is no text, and Postgres refuses it.
  return line.slice(0, charactersMax).toWellFormed();
}

function summarise(headers: Map<string, string[]>, parts: PartFact[]): MimeFacts {
  const from = people(headers, 'from');
  const to = people(headers, 'to');
  const cc = people(headers, 'cc');
  const author = from[0] ?? people(headers, 'sender')[0];
  const messageId = clean(first(headers, 'message-id'), 998);
  return {
    subject: clean(safeWords(first(headers, 'subject')), 1000),
    sender: author ? clean(personText(author), 500) : '',
    recipients: clean([...to, ...cc].map(personText).join(', '), 4000),
    date: parseDate(first(headers, 'date')),
    internetMessageId: messageId === '' ? null : messageId,
    hasAttachments: parts.some(
      (part) => part.attachment || (part.name !== '' && !/^(text|image)\//.test(part.type)),
    ),
    addresses: { from: addressesOf(from), to: addressesOf(to), cc: addressesOf(cc) },
    parts,
  };
}

interface Person {
  name: string;
  address: string;
}

function people(headers: Map<string, string[]>, name: string): Person[] {
  const text = (headers.get(name) ?? []).join(', ').slice(0, 64 * 1024);
  if (text === '') return [];
  try {
    return addressParser(text, { flatten: true }).map(({ name, address }) => ({
      name: safeWords(name ?? ''),
      address: address ?? '',
    }));
  } catch {
    return [];
  }
}

function personText({ name, address }: Person): string {
  return name && address ? `${name} <${address}>` : name || address;
}

function addressesOf(list: Person[]): string[] {
  return [...new Set(list.map(({ address, name }) => (address || name).toLowerCase()))].sort();
}

/** null for what is no date, and for years outside of 1970 to 2100. */
export function parseDate(text: string): Date | null {
  const plain = text.replace(/\([^()]*\)/g, ' ').trim();
  if (plain === '' || plain.length > 200) return null;
  const ms = Date.parse(plain);
  if (Number.isNaN(ms) || ms < 0 || ms > Date.UTC(2100, 0, 1)) return null;
  return new Date(ms);
}
