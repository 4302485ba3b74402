/** Base64 decoded as it arrives, in whatever pieces. Refuses what is not base64 instead of skipping it. */
export class Base64Decoder {
  #carry = '';
  #ended = false;

  /** @throws RangeError */
  push(bytes: Uint8Array): Buffer {
    const text =
      this.#carry + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const whole = text.length - (text.length % 4);
    this.#carry = text.slice(whole);
    const part = text.slice(0, whole);
    if (part === '') return Buffer.alloc(0);
    if (this.#ended) throw new RangeError('this is not base64');
    if (part.endsWith('=')) this.#ended = true;
    return decode(part);
  }

  /** @throws RangeError when the text ends in the middle of a group */
  end(): Buffer {
    const rest = this.#carry;
    this.#carry = '';
    if (rest === '') return Buffer.alloc(0);
    // Padding may be left out; a single leftover character cannot be anything.
    if (this.#ended || rest.length === 1) throw new RangeError('this is not base64');
    return decode(rest);
  }
}

/** Node skips what is not in the alphabet: then fewer bytes come out than characters went in. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (bytes.length !== Math.floor(((text.length - padding) * 3) / 4))
    throw new RangeError('this is not base64');
  return bytes;
}

/** Encodes a stream as base64 in ASCII chunks whose borders fall between groups of three bytes. */
export async function* encodeBase64(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let carry = Buffer.alloc(0);
  for await (const chunk of source) {
    const joined = carry.length === 0 ? Buffer.from(chunk) : Buffer.concat([carry, chunk]);
    const whole = joined.length - (joined.length % 3);
    if (whole > 0) yield Buffer.from(joined.subarray(0, whole).toString('base64'), 'latin1');
    carry = Buffer.from(joined.subarray(whole));
  }
  if (carry.length > 0) yield Buffer.from(carry.toString('base64'), 'latin1');
}

export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
