/** What decides how the body after a header is split. */
export interface HeaderFacts {
  /** Lower case, "" when absent. */
  type: string;
  /** Content-Transfer-Encoding, lower case, "" when absent. */
  transfer: string;
  /** Of a multipart: without the leading "--". */
  boundary: string | null;
}

/** Longer ones (RFC 2046 allows 70) are not looked for. */
export const boundaryLengthMax = 256;

const names = ['Content-', 'content-', 'CONTENT-'].map((name) => Buffer.from(`\n${name}`));
const boundaryPattern = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;

/** Reads the two fields that matter from the header block between `start` and `end`; never throws. */
export function readHeader(message: Buffer, start: number, end: number): HeaderFacts {
  const header = message.subarray(start, end);
  const facts: HeaderFacts = { type: '', transfer: '', boundary: null };
  if (/^content-/i.test(header.toString('latin1', 0, 8))) readField(header, 0, facts);
  for (const name of names) {
    for (let at = header.indexOf(name); at >= 0; at = header.indexOf(name, at + 1)) {
      readField(header, at + 1, facts);
    }
    if (facts.type !== '') break;
  }
  return facts;
}

function readField(header: Buffer, start: number, facts: HeaderFacts): void {
  const colon = header.indexOf(58, start);
  if (colon < 0 || colon - start > 30) return;
  const name = header.toString('latin1', start, colon).trimEnd().toLowerCase();
  if (name === 'content-type' && facts.type === '') {
    const value = fieldValue(header, colon + 1);
    facts.type = (/^\s*([^\s;]+)/.exec(value)?.[1] ?? '').toLowerCase();
    if (facts.type.startsWith('multipart/')) facts.boundary = readBoundary(value);
  } else if (name === 'content-transfer-encoding' && facts.transfer === '') {
    facts.transfer = (/^\s*([^\s;]+)/.exec(fieldValue(header, colon + 1))?.[1] ?? '').toLowerCase();
  }
}

function readBoundary(value: string): string | null {
  const match = boundaryPattern.exec(value);
  const boundary = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
  return boundary && boundary.length <= boundaryLengthMax ? boundary : null;
}

/** Up to the first line end that no white space follows; hostile lengths are cut. */
function fieldValue(header: Buffer, start: number): string {
  let end = start;
  do {
    const lineEnd = header.indexOf(10, end);
    end = lineEnd < 0 ? header.length : lineEnd + 1;
  } while (end < header.length && (header[end] === 32 || header[end] === 9) && end - start < 8192);
  return header.toString('latin1', start, Math.min(end, start + 8192));
}
