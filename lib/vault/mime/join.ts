import { base64, type EolBytes } from './base64.ts';
import type { PartEncoding } from './encoding.ts';
import { writeWords } from './words.ts';

type Out = (bytes: Uint8Array) => void;

/** A line of base64 that has no end is written in steps of this many bytes. */
const unbrokenStepBytes = 768;

/**
 * Writes a part as it stood in its message from its decoded bytes, which may come in pieces of
 * any size. Bytes handed to `out` are valid during the call only, and `out` must not push into
 * another writer.
 */
export class PartWriter {
  readonly #encoding: PartEncoding;
  readonly #out: Out;
  readonly #lineBytes: number;
  readonly #eol: EolBytes;
  #begun = false;
  /** Bytes that do not fill a line yet; for words everything so far. */
  #carry: Buffer | null = null;
  #carried = 0;
  readonly #pieces: Buffer[] = [];

  constructor(encoding: PartEncoding, out: Out) {
    this.#encoding = encoding;
    this.#out = out;
    const lines = encoding.kind === 'base64' ? encoding.lines : null;
    this.#lineBytes = lines ? (lines.length / 4) * 3 : unbrokenStepBytes;
    this.#eol = lines ? (lines.eol === 'crlf' ? 2 : 1) : 0;
  }

  push(decoded: Uint8Array): void {
    if (this.#encoding.kind === 'identity') this.#out(decoded);
    else if (this.#encoding.kind === 'base64') this.#pushBase64(decoded);
    else this.#pieces.push(Buffer.from(decoded));
  }

  end(): void {
    if (this.#encoding.kind === 'words') {
      this.#out(writeWords(this.#encoding, Buffer.concat(this.#pieces)));
    } else if (this.#carried > 0) {
      const eol = this.#begun ? ['', '\n', '\r\n'][this.#eol] : '';
      this.#out(Buffer.from(eol + this.#carry!.toString('base64', 0, this.#carried), 'latin1'));
    }
  }

  #pushBase64(decoded: Uint8Array): void {
    let at = 0;
    if (this.#carried > 0) {
      at = Math.min(this.#lineBytes - this.#carried, decoded.length);
      this.#keep(decoded, 0, at);
      if (this.#carried < this.#lineBytes) return;
      this.#writeLines(this.#carry!, 0, 1);
      this.#carried = 0;
    }
    const lines = Math.floor((decoded.length - at) / this.#lineBytes);
    this.#writeLines(decoded, at, lines);
    this.#keep(decoded, at + lines * this.#lineBytes, decoded.length);
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#carry ??= Buffer.allocUnsafe(this.#lineBytes);
    this.#carry.set(bytes.subarray(start, end), this.#carried);
    this.#carried += end - start;
  }

  #writeLines(bytes: Uint8Array, start: number, count: number): void {
    if (count === 0) return;
    base64.encodeLines(bytes, start, count, this.#lineBytes, this.#eol, (text) => {
      // The codec writes a line end before every line; the part's first has none.
      this.#out(this.#begun ? text : text.subarray(this.#eol));
      this.#begun = true;
    });
  }
}
