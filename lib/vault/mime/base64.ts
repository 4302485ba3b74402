import { type Base64Kernel, createBase64Kernel } from './base64-kernel.ts';

/** Bytes of line end: none, LF, CRLF. */
export type EolBytes = 0 | 1 | 2;
type Emit = (bytes: Uint8Array) => void;

/** Bytes given to `emit` are valid during the call only. */
export interface Base64Codec {
  /**
   * Decodes whole lines of `line` characters (a multiple of 4, 16 … 65,532), each with its line
   * end, from `start` on; emits the bytes and returns where the first line begins that is not
   * such a line, holds padding, or ends after `end`.
   */
  decodeLines(
    source: Uint8Array,
    start: number,
    end: number,
    line: number,
    eol: EolBytes,
    emit: Emit,
  ): number;
  /** Encodes `count` lines of `lineBytes` (a multiple of 3) from `start` on, a line end before each. */
  encodeLines(
    source: Uint8Array,
    start: number,
    count: number,
    lineBytes: number,
    eol: EolBytes,
    emit: Emit,
  ): void;
}

const slack = 64;
const base = 1024;
/** A step stays within a core's second-level cache. */
const charactersMax = 192 * 1024;
const bytesMax = 144 * 1024;
const decodeIn = base;
const decodeOut = decodeIn + charactersMax + slack;
const encodeIn = decodeOut + bytesMax + slack;
const encodeOut = encodeIn + bytesMax + slack;
// 12 bytes a line is the least: 16 characters and a line end.
const memoryBytes = encodeOut + (bytesMax / 12) * 18 + slack;

/**
 * The codec over vectors; null where the engine has none. One memory for the thread, with separate
 * places for decoding and encoding: an `emit` of one may call the other, but not itself.
 */
export function createSimdCodec(): Base64Codec | null {
  const kernel = createBase64Kernel(memoryBytes);
  return kernel ? new SimdCodec(kernel) : null;
}

class SimdCodec implements Base64Codec {
  readonly #kernel: Base64Kernel;
  readonly #memory: Buffer;

  constructor(kernel: Base64Kernel) {
    this.#kernel = kernel;
    this.#memory = Buffer.from(kernel.memory.buffer);
  }

  decodeLines(
    source: Uint8Array,
    start: number,
    end: number,
    line: number,
    eol: EolBytes,
    emit: Emit,
  ): number {
    const step = line + eol;
    const linesMax = Math.floor(charactersMax / step);
    let at = start;
    for (;;) {
      const lines = Math.min(linesMax, Math.floor((end - at) / step));
      if (lines === 0) return at;
      const size = lines * step;
      this.#memory.set(source.subarray(at, at + size), decodeIn);
      const used = this.#kernel.decode(decodeIn, decodeIn + size, decodeOut, line, eol) - decodeIn;
      if (used > 0) {
        const bytes = ((used / step) * line * 3) / 4;
        emit(this.#memory.subarray(decodeOut, decodeOut + bytes));
      }
      at += used;
      if (used < size) return at;
    }
  }

  encodeLines(
    source: Uint8Array,
    start: number,
    count: number,
    lineBytes: number,
    eol: EolBytes,
    emit: Emit,
  ): void {
    const linesMax = Math.floor(bytesMax / lineBytes);
    let at = start;
    for (let left = count; left > 0; ) {
      const lines = Math.min(linesMax, left);
      const size = lines * lineBytes;
      this.#memory.set(source.subarray(at, at + size), encodeIn);
      const end = this.#kernel.encode(encodeIn, lines, encodeOut, lineBytes, eol);
      emit(this.#memory.subarray(encodeOut, end));
      at += size;
      left -= lines;
    }
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const characters = Buffer.from(alphabet, 'latin1');
/** Character → 6 bits, or -1. */
export const sextetOf = new Int8Array(256).fill(-1);
for (let i = 0; i < 64; i++) sextetOf[characters[i]!] = i;

/** The same in plain JavaScript: the truth the vectors are tested against, and the fallback. */
export const scalarCodec: Base64Codec = {
  decodeLines(source, start, end, line, eol, emit) {
    const out = Buffer.allocUnsafe((line / 4) * 3);
    let at = start;
    for (; end - at >= line + eol; at += line + eol) {
      let to = 0;
      for (let i = at; i < at + line; i += 4) {
        const a = sextetOf[source[i]!]!;
        const b = sextetOf[source[i + 1]!]!;
        const c = sextetOf[source[i + 2]!]!;
        const d = sextetOf[source[i + 3]!]!;
        if ((a | b | c | d) < 0) return at;
        const triple = (a << 18) | (b << 12) | (c << 6) | d;
        out[to++] = triple >> 16;
        out[to++] = triple >> 8;
        out[to++] = triple;
      }
      const lineEnd = at + line;
      if (eol === 2 && (source[lineEnd] !== 13 || source[lineEnd + 1] !== 10)) return at;
      if (eol === 1 && source[lineEnd] !== 10) return at;
      emit(out);
    }
    return at;
  },

  encodeLines(source, start, count, lineBytes, eol, emit) {
    const out = Buffer.allocUnsafe(eol + (lineBytes / 3) * 4);
    if (eol === 2) out[0] = 13;
    if (eol > 0) out[eol - 1] = 10;
    for (let line = 0; line < count; line++) {
      const from = start + line * lineBytes;
      let to: number = eol;
      for (let i = from; i < from + lineBytes; i += 3) {
        const triple = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!;
        out[to++] = characters[triple >> 18]!;
        out[to++] = characters[(triple >> 12) & 63]!;
        out[to++] = characters[(triple >> 6) & 63]!;
        out[to++] = characters[triple & 63]!;
      }
      emit(out);
    }
  },
};

export const base64: Base64Codec = createSimdCodec() ?? scalarCodec;
