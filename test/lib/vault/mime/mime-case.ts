import assert from 'node:assert/strict';
import type { PartClass, PartEncoding } from '#lib/vault/mime/encoding.ts';
import { decodeEncoding, encodeEncoding } from '#lib/vault/mime/encoding.ts';
import { PartWriter } from '#lib/vault/mime/join.ts';
import { MessageSplitter, type SplitSink, splitMessage } from '#lib/vault/mime/split.ts';

export type Piece =
  | { kind: 'literal'; bytes: Buffer }
  | { kind: 'part'; cls: PartClass; bytes: Buffer; encoding: PartEncoding };

/** Gathers what a splitter says; asserts that it says it in order. */
export class Gatherer implements SplitSink {
  readonly pieces: Piece[] = [];
  #open: { cls: PartClass; bytes: Buffer[] } | null = null;

  literal(bytes: Uint8Array): void {
    assert.equal(this.#open, null, 'a literal within a part');
    assert.ok(bytes.length > 0, 'an empty literal');
    const last = this.pieces.at(-1);
    if (last?.kind === 'literal') last.bytes = Buffer.concat([last.bytes, bytes]);
    else this.pieces.push({ kind: 'literal', bytes: Buffer.from(bytes) });
  }

  beginPart(cls: PartClass): void {
    assert.equal(this.#open, null, 'a part within a part');
    this.#open = { cls, bytes: [] };
  }

  part(bytes: Uint8Array): void {
    assert.ok(this.#open, 'bytes of no part');
    this.#open.bytes.push(Buffer.from(bytes));
  }

  endPart(encoding: PartEncoding): void {
    assert.ok(this.#open, 'the end of no part');
    const { cls, bytes } = this.#open;
    this.pieces.push({ kind: 'part', cls, bytes: Buffer.concat(bytes), encoding });
    this.#open = null;
  }

  get parts(): Extract<Piece, { kind: 'part' }>[] {
    return this.pieces.filter((piece) => piece.kind === 'part');
  }

  done(): Piece[] {
    assert.equal(this.#open, null, 'a part without an end');
    return this.pieces;
  }
}

export function splitWhole(message: Uint8Array): Piece[] {
  const sink = new Gatherer();
  splitMessage(message, sink);
  return sink.done();
}

/** Pushes in steps of the given sizes, in turn, each from a buffer that is overwritten after. */
export function splitInSteps(message: Uint8Array, sizes: readonly number[]): Piece[] {
  const sink = new Gatherer();
  const splitter = new MessageSplitter(sink);
  for (let at = 0, i = 0; at < message.length; i++) {
    const size = sizes[i % sizes.length]!;
    const step = Buffer.from(message.subarray(at, at + size));
    splitter.push(step);
    step.fill(0xaa);
    at += size;
  }
  splitter.end();
  return sink.done();
}

/** Writes a message again, parts in steps of `size` bytes, encodings through their stored form. */
export function join(pieces: readonly Piece[], size: number): Buffer {
  const out: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'literal') {
      out.push(piece.bytes);
      continue;
    }
    const stored = encodeEncoding(piece.encoding);
    const { encoding, next } = decodeEncoding(stored, 0);
    assert.equal(next, stored.length);
    const writer = new PartWriter(encoding, (bytes) => out.push(Buffer.from(bytes)));
    for (let at = 0; at < piece.bytes.length; at += size) {
      writer.push(piece.bytes.subarray(at, at + size));
    }
    writer.end();
  }
  return Buffer.concat(out);
}

export function parts(pieces: readonly Piece[]) {
  return pieces.filter((piece) => piece.kind === 'part');
}

/** Base64 in lines, as mail programs write it. */
export function base64Lines(bytes: Buffer, length = 76, eol = '\r\n'): string {
  return bytes
    .toString('base64')
    .match(new RegExp(`.{1,${length}}`, 'g'))!
    .join(eol);
}

/** Bytes without a pattern, the same for the same seed. */
export function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Compares without building the difference: that of two large buffers takes minutes. */
export function samePieces(a: readonly Piece[], b: readonly Piece[]): boolean {
  const shape = (pieces: readonly Piece[]) =>
    JSON.stringify(pieces.map((piece) => ({ ...piece, bytes: piece.bytes.length })));
  return shape(a) === shape(b) && a.every((piece, i) => piece.bytes.equals(b[i]!.bytes));
}
