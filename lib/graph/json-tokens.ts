/** What `JsonTokens` found, in the order of the document. */
export type JsonToken =
  | { kind: 'open'; what: 'object' | 'array' }
  | { kind: 'close'; what: 'object' | 'array' }
  | { kind: 'key'; name: string }
  | { kind: 'value'; value: string | number | boolean | null }
  /** A piece of a string that is too long to be kept: the raw bytes, escapes undone. */
  | { kind: 'piece'; bytes: Uint8Array; last: boolean };

const quote = 0x22;
const backslash = 0x5c;
const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const simpleEscapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
/** A key or a plain string longer than this is no answer of Graph. */
const stringBytesMax = 1024 * 1024;

export class JsonSyntaxError extends Error {}

/**
 * A JSON document read as it arrives, for answers that hold attachments: one string may be hundreds
 * of megabytes and is given out in pieces. Strict where it matters: a document that ends early or
 * goes on after its end is an error.
 */
export class JsonTokens {
  readonly #inPieces: (key: string) => boolean;
  readonly #stack: Array<'object' | 'array'> = [];
  #mode: 'value' | 'key' | 'colon' | 'after' | 'string' | 'scalar' | 'done' = 'value';
  #keyNext = false;
  #lastKey = '';
  #pieces = false;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  /** Bytes of an escape that the chunk boundary cut. */
  #escape: number[] | null = null;
  #scalar = '';

  /** @param inPieces which keys have a string value that is given out in pieces */
  constructor(inPieces: (key: string) => boolean) {
    this.#inPieces = inPieces;
  }

  /** @throws JsonSyntaxError */
  push(chunk: Uint8Array): JsonToken[] {
    const tokens: JsonToken[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#mode === 'string') at = this.#readString(chunk, at, tokens);
      else if (this.#mode === 'scalar') at = this.#readScalar(chunk, at, tokens);
      else this.#readMark(chunk[at++]!, tokens);
    }
    return tokens;
  }

  /** @throws JsonSyntaxError when the document is not complete */
  end(): void {
    if (this.#mode !== 'done') throw new JsonSyntaxError('the document ends early');
  }

  #readMark(byte: number, tokens: JsonToken[]): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    // A byte order mark may stand before the document.
    if (this.#stack.length === 0 && this.#mode === 'value' && byte > 0x7f) return;
    const mark = String.fromCharCode(byte);
    const known =
      this.#mode === 'value'
        ? this.#beginValue(mark, tokens)
        : this.#mode === 'key'
          ? this.#beginKey(mark, tokens)
          : this.#separate(mark, tokens);
    if (!known) throw new JsonSyntaxError(`unexpected byte ${byte}`);
  }

  #beginValue(mark: string, tokens: JsonToken[]): boolean {
    if (mark === '{') this.#open('object', tokens);
    else if (mark === '[') this.#open('array', tokens);
    else if (mark === ']') this.#close('array', tokens);
    else if (mark === '"') this.#startString(false);
    else if (/[-0-9tfn]/.test(mark)) {
      this.#mode = 'scalar';
      this.#scalar = mark;
    } else return false;
    return true;
  }

  #beginKey(mark: string, tokens: JsonToken[]): boolean {
    if (mark === '"') this.#startString(true);
    else if (mark === '}') this.#close('object', tokens);
    else return false;
    return true;
  }

  #separate(mark: string, tokens: JsonToken[]): boolean {
    if (this.#mode === 'colon') {
      this.#mode = 'value';
      return mark === ':';
    }
    if (this.#mode !== 'after') return false;
    if (mark === ',') this.#mode = this.#stack.at(-1) === 'object' ? 'key' : 'value';
    else if (mark === '}') this.#close('object', tokens);
    else if (mark === ']') this.#close('array', tokens);
    else return false;
    return true;
  }

  #open(what: 'object' | 'array', tokens: JsonToken[]): void {
    if (this.#stack.length > 64) throw new JsonSyntaxError('nested too deep');
    this.#stack.push(what);
    this.#mode = what === 'object' ? 'key' : 'value';
    if (what === 'array') this.#lastKey = '';
    tokens.push({ kind: 'open', what });
  }

  #close(what: 'object' | 'array', tokens: JsonToken[]): void {
    if (this.#stack.pop() !== what) throw new JsonSyntaxError('brackets do not match');
    tokens.push({ kind: 'close', what });
    this.#afterValue();
  }

  #afterValue(): void {
    this.#mode = this.#stack.length === 0 ? 'done' : 'after';
  }

  #startString(isKey: boolean): void {
    this.#mode = 'string';
    this.#keyNext = isKey;
    this.#pieces = !isKey && this.#inPieces(this.#lastKey);
    this.#parts = [];
    this.#partBytes = 0;
    this.#escape = null;
  }

  #readString(chunk: Uint8Array, from: number, tokens: JsonToken[]): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#escape) {
        at = this.#readEscape(chunk, at, tokens);
        continue;
      }
      let end = at;
      const nextQuote = chunk.indexOf(quote, at);
      const limit = nextQuote === -1 ? chunk.length : nextQuote;
      const nextEscape = chunk.subarray(at, limit).indexOf(backslash);
      end = nextEscape === -1 ? limit : at + nextEscape;
      if (end > at) this.#take(chunk.subarray(at, end), tokens);
      if (end >= chunk.length) return chunk.length;
      at = end + 1;
      if (chunk[end] === quote) {
        this.#endString(tokens);
        return at;
      }
      this.#escape = [];
    }
    return at;
  }

  #readEscape(chunk: Uint8Array, from: number, tokens: JsonToken[]): number {
    const cut = this.#escape!;
    let at = from;
    while (at < chunk.length) {
      cut.push(chunk[at++]!);
      const text = String.fromCharCode(...cut);
      if (text[0] === 'u') {
        if (text.length < 5) continue;
        const code = Number.parseInt(text.slice(1, 5), 16);
        if (!/^u[0-9a-f]{4}$/i.test(text.slice(0, 5))) throw new JsonSyntaxError('bad escape');
        // The second half of a surrogate pair follows as its own escape.
        if (code >= 0xd800 && code < 0xdc00) {
          if (text.length < 11) continue;
          const low = Number.parseInt(text.slice(7, 11), 16);
          this.#take(Buffer.from(String.fromCharCode(code, low)), tokens);
        } else {
          this.#take(Buffer.from(String.fromCharCode(code)), tokens);
        }
      } else {
        const plain = simpleEscapes[text];
        if (plain === undefined) throw new JsonSyntaxError('bad escape');
        this.#take(Buffer.from(plain), tokens);
      }
      this.#escape = null;
      return at;
    }
    return at;
  }

  #take(bytes: Uint8Array, tokens: JsonToken[]): void {
    if (this.#pieces) {
      tokens.push({ kind: 'piece', bytes, last: false });
      return;
    }
    this.#partBytes += bytes.length;
    if (this.#partBytes > stringBytesMax) throw new JsonSyntaxError('a string is too long');
    // The chunk belongs to the network and may be reused.
    this.#parts.push(new Uint8Array(bytes));
  }

  #endString(tokens: JsonToken[]): void {
    if (this.#pieces) {
      tokens.push({ kind: 'piece', bytes: new Uint8Array(0), last: true });
      this.#afterValue();
      return;
    }
    const text = Buffer.concat(this.#parts).toString('utf8');
    if (this.#keyNext) {
      this.#lastKey = text;
      tokens.push({ kind: 'key', name: text });
      this.#mode = 'colon';
    } else {
      tokens.push({ kind: 'value', value: text });
      this.#afterValue();
    }
  }

  #readScalar(chunk: Uint8Array, from: number, tokens: JsonToken[]): number {
    let at = from;
    while (at < chunk.length) {
      const mark = String.fromCharCode(chunk[at]!);
      if (!/[-+0-9.eEa-z]/.test(mark)) {
        this.#endScalar(tokens);
        return at;
      }
      this.#scalar += mark;
      if (this.#scalar.length > 64) throw new JsonSyntaxError('a number is too long');
      at++;
    }
    return at;
  }

  #endScalar(tokens: JsonToken[]): void {
    const word = words.get(this.#scalar);
    const value = word === undefined ? Number(this.#scalar) : word;
    if (Number.isNaN(value)) throw new JsonSyntaxError(`${this.#scalar} is no value`);
    tokens.push({ kind: 'value', value });
    this.#afterValue();
  }
}
