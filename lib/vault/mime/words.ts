import { base64, sextetOf } from './base64.ts';
import { charsetPattern, type PartEncoding } from './encoding.ts';

type WordsEncoding = Extract<PartEncoding, { kind: 'words' }>;

/** A run of B words within a header, and what it says. */
export interface WordRun {
  start: number;
  end: number;
  decoded: Buffer;
  encoding: WordsEncoding;
}

/** Shorter runs (subjects, names) are worth less than the reference to a part of their own. */
const decodedBytesMin = 256;
const opening = Buffer.from('?B?');
const question = 0x3f;
const equals = 0x3d;

/**
 * Finds the next run of RFC 2047 B words between `from` and `end` that `writeWords` would write
 * the same way: one charset, words of one length folded in one way, canonical base64. What they
 * say is decoded once more when it is base64 itself, as in Exchange Online's
 * X-Microsoft-Antispam-Message-Info (research/vault.md §5.1: 15 % of what headers take).
 */
export function findWords(message: Buffer, from: number, end: number): WordRun | null {
  const header = message.subarray(0, end);
  for (let at = from; ; ) {
    const mark = header.indexOf(opening, at);
    if (mark < 0) return null;
    const run = runAt(header, from, mark);
    if (run) return run;
    at = mark + opening.length;
  }
}

/** The inverse of `findWords`. */
export function writeWords(encoding: WordsEncoding, decoded: Buffer): Buffer {
  let text = decoded.toString('base64');
  if (encoding.innerTail !== null) {
    text = Buffer.from(text + encoding.innerTail, 'latin1').toString('base64');
  }
  const open = `=?${encoding.charset}?B?`;
  const fold = (encoding.eol === 'lf' ? '\n' : '\r\n') + (encoding.indent === 'tab' ? '\t' : ' ');
  const words: string[] = [];
  for (let at = 0; at < text.length; at += encoding.wordLength) {
    words.push(`${open}${text.slice(at, at + encoding.wordLength)}?=`);
  }
  return Buffer.from(words.join(fold), 'latin1');
}

function runAt(header: Buffer, from: number, mark: number): WordRun | null {
  let start = mark - 1;
  while (start >= from && mark - start <= 33 && header[start] !== question) start--;
  start--;
  if (start < from || header[start] !== equals || header[start + 1] !== question) return null;
  const charset = header.toString('latin1', start + 2, mark);
  if (!charsetPattern.test(charset)) return null;

  const first = mark + opening.length;
  const wordLength = base64Length(header, first);
  if (wordLength === 0 || wordLength % 4 !== 0 || wordLength > 65_532) return null;
  if (header[first + wordLength] !== question || header[first + wordLength + 1] !== equals) {
    return null;
  }
  const fold = foldAfter(header, first + wordLength + 2);
  const gap = fold
    ? Buffer.from(`?=${fold.text}=?${charset}?B?`, 'latin1')
    : Buffer.from('?=', 'latin1');

  // Payloads of the words, one after the other, in a copy.
  const text = Buffer.allocUnsafe(header.length - first);
  let length = 0;
  let at = first;
  let end = first;
  for (;;) {
    const size = base64Length(header, at);
    if (size === 0 || size > wordLength) break;
    if (header[at + size] !== question || header[at + size + 1] !== equals) break;
    header.copy(text, length, at, at + size);
    length += size;
    end = at + size + 2;
    // Padding ends what is base64; a shorter word ends the run.
    if (!fold || size < wordLength || header[at + size - 1] === equals) break;
    if (header.compare(gap, 0, gap.length, at + size, at + size + gap.length) !== 0) break;
    at += size + gap.length;
  }
  const outer = decodeCanonical(text.subarray(0, length));
  if (!outer || outer.length < decodedBytesMin) return null;
  const whole = outer.length - (outer.length % 4);
  const inner = decodeCanonical(outer.subarray(0, whole));
  const tail = outer.toString('latin1', whole);
  const twice = inner !== null && /^[A-Za-z0-9+/]*$/.test(tail);
  return {
    start,
    end,
    decoded: twice ? inner : outer,
    encoding: {
      kind: 'words',
      charset,
      wordLength,
      eol: fold?.eol ?? 'crlf',
      indent: fold?.indent ?? 'space',
      innerTail: twice ? tail : null,
    },
  };
}

/** How many characters from `at` on are base64, padding included. */
function base64Length(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && sextetOf[bytes[end]!]! >= 0) end++;
  for (let pad = 0; pad < 2 && bytes[end] === equals; pad++) end++;
  return end - at;
}

function foldAfter(
  header: Buffer,
  at: number,
): { text: string; eol: 'crlf' | 'lf'; indent: 'space' | 'tab' } | null {
  const match = /^(\r?\n)([ \t])$/.exec(
    header.toString('latin1', at, at + (header[at] === 13 ? 3 : 2)),
  );
  if (!match) return null;
  return {
    text: match[0],
    eol: match[1] === '\n' ? 'lf' : 'crlf',
    indent: match[2] === '\t' ? 'tab' : 'space',
  };
}

/** The bytes, or null when encoding them would not give the same text. */
function decodeCanonical(text: Buffer): Buffer | null {
  if (text.length === 0 || text.length % 4 !== 0) return null;
  const out = Buffer.allocUnsafe((text.length / 4) * 3);
  let length = 0;
  const keep = (bytes: Uint8Array) => {
    out.set(bytes, length);
    length += bytes.length;
  };
  // The last quantum may be padded and is done by hand; the rest in lines without an end.
  const body = text.length - 4;
  let at = base64.decodeLines(text, 0, body, 256, 0, keep);
  at = base64.decodeLines(text, at, body, 16, 0, keep);
  const rest = text.toString('latin1', at);
  const last = Buffer.from(rest, 'base64');
  if (rest.length > 16 || last.toString('base64') !== rest) return null;
  keep(last);
  return out.subarray(0, length);
}
