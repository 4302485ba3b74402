/**
 * How the bytes of a part stood in the message: what a `PartWriter` needs, beside the decoded
 * bytes, to write them again byte for byte. Stored in recipes; the layout is FORMAT.md's.
 */
export type PartEncoding =
  | { readonly kind: 'identity' }
  /** Standard base64. `lines` null: all on one line. No line break after the last line. */
  | { readonly kind: 'base64'; readonly lines: Base64Lines | null }
  /** A run of RFC 2047 B words in a header: Exchange writes its spam verdicts so. */
  | {
      readonly kind: 'words';
      /** As spelled in the message, e.g. "utf-8". */
      readonly charset: string;
      /** Base64 characters in every word but the last. */
      readonly wordLength: number;
      readonly eol: Eol;
      readonly indent: 'space' | 'tab';
      /** Not null: what the words say is base64 once more, plus these 0–3 characters. */
      readonly innerTail: string | null;
    };

export type Eol = 'crlf' | 'lf';
export type Base64Lines = { readonly length: number; readonly eol: Eol };

/**
 * Where a part is best kept, and nothing more: it must not enter a part's id, because one
 * attachment may arrive as text/csv here and as application/octet-stream there.
 */
export type PartClass = 'header' | 'text' | 'binary';

export const identity: PartEncoding = { kind: 'identity' };

/** Lines of at least one SIMD load; longer than 64 KiB is not a line any mail program writes. */
export const base64LineMin = 16;
export const base64LineMax = 65_532;
const charsetLengthMax = 32;

const tagIdentity = 0;
const tagBase64OneLine = 1;
const tagBase64Crlf = 2;
const tagBase64Lf = 3;
const tagWords = 4;

/**
 * One tag byte, then by tag: nothing (identity; base64 on one line); line length / 4 as u16 (base64
 * in lines); flags byte (bit 0 LF, bit 1 tab, bit 2 inner base64), word length / 4 as u16, charset
 * length and characters, and with bit 2 the tail's length and characters (words). Little-endian.
 * One value has exactly one spelling.
 */
export function encodeEncoding(encoding: PartEncoding): Uint8Array {
  switch (encoding.kind) {
    case 'identity':
      return Uint8Array.of(tagIdentity);
    case 'base64': {
      if (!encoding.lines) return Uint8Array.of(tagBase64OneLine);
      const quarter = encoding.lines.length / 4;
      const tag = encoding.lines.eol === 'crlf' ? tagBase64Crlf : tagBase64Lf;
      return Uint8Array.of(tag, quarter & 255, quarter >> 8);
    }
    case 'words': {
      const quarter = encoding.wordLength / 4;
      const tail = encoding.innerTail;
      const flags =
        (encoding.eol === 'lf' ? 1 : 0) |
        (encoding.indent === 'tab' ? 2 : 0) |
        (tail === null ? 0 : 4);
      const charset = Buffer.from(encoding.charset, 'latin1');
      const head = [tagWords, flags, quarter & 255, quarter >> 8, charset.length, ...charset];
      if (tail !== null) head.push(tail.length, ...Buffer.from(tail, 'latin1'));
      return Uint8Array.from(head);
    }
  }
}

/**
 * Reads one encoding that starts at `offset`; returns it and where the next byte is.
 * Anything but the one spelling `encodeEncoding` writes is a RangeError.
 */
export function decodeEncoding(
  bytes: Uint8Array,
  offset: number,
): { encoding: PartEncoding; next: number } {
  let at = offset;
  const byte = () => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError('a part encoding ends too early');
    return value;
  };
  const length = (min: number) => {
    const value = (byte() | (byte() << 8)) * 4;
    if (value < min || value > base64LineMax) throw new RangeError('a line length out of bounds');
    return value;
  };
  const text = (max: number, allowed: RegExp) => {
    const size = byte();
    if (size > max) throw new RangeError('a part encoding holds too long a text');
    let value = '';
    for (let i = 0; i < size; i++) value += String.fromCharCode(byte());
    if (!allowed.test(value)) throw new RangeError('a part encoding holds a foreign character');
    return value;
  };
  const tag = byte();
  switch (tag) {
    case tagIdentity:
      return { encoding: identity, next: at };
    case tagBase64OneLine:
      return { encoding: { kind: 'base64', lines: null }, next: at };
    case tagBase64Crlf:
    case tagBase64Lf: {
      const lines: Base64Lines = {
        length: length(base64LineMin),
        eol: tag === tagBase64Crlf ? 'crlf' : 'lf',
      };
      return { encoding: { kind: 'base64', lines }, next: at };
    }
    case tagWords: {
      const flags = byte();
      if (flags > 7) throw new RangeError('a part encoding has unknown flags');
      const wordLength = length(4);
      const charset = text(charsetLengthMax, charsetPattern);
      const innerTail = flags & 4 ? text(3, tailPattern) : null;
      const encoding: PartEncoding = {
        kind: 'words',
        charset,
        wordLength,
        eol: flags & 1 ? 'lf' : 'crlf',
        indent: flags & 2 ? 'tab' : 'space',
        innerTail,
      };
      return { encoding, next: at };
    }
    default:
      throw new RangeError('an unknown part encoding');
  }
}

/** Charsets a words encoding may carry. */
export const charsetPattern = /^[A-Za-z0-9_-]{1,32}$/;
const tailPattern = /^[A-Za-z0-9+/]{0,3}$/;
