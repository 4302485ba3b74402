import { decodeText, decodeWords, type Headers, parseHeaders, parseParameters } from './headers.ts';

/** One body part and where it lies in the message. */
export interface Part {
  headers: Headers;
  /** Start of the header block. */
  start: number;
  bodyStart: number;
  bodyEnd: number;
  contentType: string;
  parameters: Map<string, string>;
  encoding: string;
  disposition: string;
  name: string;
  contentId: string | null;
  children: Part[];
}

const depthMax = 20;
const partsMax = 2_000;

/** Takes a message apart. Never fails: what makes no sense is a part without children. */
export function parseParts(message: Buffer): Part {
  const budget = { left: partsMax };
  return parsePart(message, 0, message.length, 0, budget);
}

function parsePart(
  message: Buffer,
  start: number,
  end: number,
  depth: number,
  budget: { left: number },
): Part {
  budget.left--;
  const bodyStart = endOfHeaders(message, start, end);
  const headers = parseHeaders(message.subarray(start, bodyStart));
  const type = parseParameters(headers.get('content-type')?.[0] ?? 'text/plain');
  const disposition = parseParameters(headers.get('content-disposition')?.[0] ?? '');
  const part: Part = {
    headers,
    start,
    bodyStart,
    bodyEnd: end,
    contentType: type.value || 'text/plain',
    parameters: type.parameters,
    encoding: (headers.get('content-transfer-encoding')?.[0] ?? '7bit').toLowerCase(),
    disposition: disposition.value,
    name: disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '',
    contentId: headers.get('content-id')?.[0]?.replace(/^<|>$/g, '') ?? null,
    children: [],
  };
  const boundary = type.parameters.get('boundary');
  if (part.contentType.startsWith('multipart/') && boundary && depth < depthMax) {
    for (const [from, to] of bodiesBetween(message, bodyStart, end, boundary)) {
      if (budget.left <= 0) break;
      part.children.push(parsePart(message, from, to, depth + 1, budget));
    }
  }
  return part;
}

/** Position after the empty line that ends the header block; the end where there is none. */
function endOfHeaders(message: Buffer, start: number, end: number): number {
  if (message[start] === 10) return start + 1;
  if (message[start] === 13 && message[start + 1] === 10) return start + 2;
  for (
    let at = message.indexOf(10, start);
    at !== -1 && at < end;
    at = message.indexOf(10, at + 1)
  ) {
    if (message[at + 1] === 10) return Math.min(at + 2, end);
    if (message[at + 1] === 13 && message[at + 2] === 10) return Math.min(at + 3, end);
  }
  return end;
}

function* bodiesBetween(
  message: Buffer,
  start: number,
  end: number,
  boundary: string,
): Generator<[number, number]> {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8');
  let open = -1;
  for (let at = message.indexOf(delimiter, start); at !== -1 && at < end; ) {
    const after = at + delimiter.length;
    const atLineStart = at === start || message[at - 1] === 10;
    const closing = message[after] === 45 && message[after + 1] === 45;
    const next = message[closing ? after + 2 : after];
    const whole = next === undefined || next === 10 || next === 13 || next === 32 || next === 9;
    if (atLineStart && whole) {
      if (open !== -1) {
        let stop = at;
        if (stop > open && message[stop - 1] === 10) stop--;
        if (stop > open && message[stop - 1] === 13) stop--;
        yield [open, stop];
      }
      const lineEnd = message.indexOf(10, after);
      open = closing || lineEnd === -1 ? -1 : lineEnd + 1;
      if (closing) return;
    }
    at = message.indexOf(delimiter, after);
  }
  if (open !== -1 && open < end) yield [open, end];
}

export function* leavesOf(part: Part): Generator<Part> {
  if (part.children.length === 0) yield part;
  for (const child of part.children) yield* leavesOf(child);
}

/** The part's content without its transfer encoding. */
export function contentOf(message: Buffer, part: Part): Buffer {
  const body = message.subarray(part.bodyStart, part.bodyEnd);
  if (part.encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
  if (part.encoding !== 'quoted-printable') return body;
  const text = body
    .toString('latin1')
    .replace(/[ \t]+(?=\r?\n)/g, '')
    .replace(/=\r?\n/g, '')
    .replace(/=([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

export function textOf(message: Buffer, part: Part): string {
  const bytes = contentOf(message, part);
  return decodeText(bytes, part.parameters.get('charset') ?? 'utf-8') ?? bytes.toString('latin1');
}

export function isAttachment(part: Part): boolean {
  if (part.disposition === 'attachment') return true;
  if (part.contentType === 'message/rfc822') return true;
  if (/^text\/(plain|html|calendar)$/.test(part.contentType) && part.name === '') return false;
  return !part.contentType.startsWith('multipart/');
}

export function nameOf(part: Part): string {
  if (part.name) return decodeWords(part.name);
  if (part.contentType === 'message/rfc822') return 'Message.eml';
  return 'attachment';
}
