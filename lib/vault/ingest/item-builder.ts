import type { Hash } from 'node:crypto';
import { AppError } from '#lib/core/errors.ts';
import {
  type BodyRecord,
  encodeRecord,
  type ReadableFormat,
  type RecipeStep,
} from '#lib/vault/format/record.ts';
import { ByteWriter } from '#lib/vault/format/wire.ts';
import { shortIdBytes, startSha256 } from '#lib/vault/ids.ts';
import { identity, type PartClass, type PartEncoding } from '#lib/vault/mime/encoding.ts';
import { PartWriter } from '#lib/vault/mime/join.ts';
import { MessageSplitter, type SplitSink, splitMessage } from '#lib/vault/mime/split.ts';
import { type Chunker, chunkBytesMax } from './chunker.ts';

/** Keeps an object and says its id; the bytes are valid during the call only. */
export type KeepObject = (cls: PartClass, bytes: Uint8Array) => Buffer;

/** Parts below this stay in the record: an id of their own would cost more than it saves. */
export const objectBytesMin = 512;
/** More parts than this are not searched for in the stream. */
const probedPartsMax = 64;

/**
 * Memory of one worker thread that every item of it uses in turn. Items that arrive in pieces
 * have one of their own.
 */
export class PartMemory {
  bytes = Buffer.allocUnsafeSlow(256 * 1024);
  readonly literals = new ByteWriter(16 * 1024);

  /** Makes room for `length` bytes in all, keeping the first `used`. */
  reserve(used: number, length: number): void {
    if (length <= this.bytes.length) return;
    const size = Math.min(chunkBytesMax, Math.max(length, this.bytes.length * 2));
    const grown = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown, 0, 0, used);
    this.bytes = grown;
  }
}

/** Turns the bodies of one item into objects and an item record. */
export class ItemBuilder {
  private readonly keep: KeepObject;
  private readonly chunker: Chunker;
  private readonly memory: PartMemory;
  private readonly objects: Array<{ id: Buffer; length: number }> = [];
  private readonly numbers = new Map<string, number>();

  constructor(keep: KeepObject, chunker: Chunker, memory: PartMemory) {
    this.keep = keep;
    this.chunker = chunker;
    this.memory = memory;
    memory.literals.reset();
  }

  /**
   * A body that is here as a whole: split, kept, written again from what was kept, and compared.
   * @returns null when what would be written again differs; nothing of the body may then be used
   */
  whole(
    bytes: Uint8Array,
    format: ReadableFormat | 'stream',
    copies: Uint8Array[] | null,
  ): RecipeStep[] | null {
    const body = new BodySteps(this, this.memory, copies);
    body.expect(bytes, () => {
      if (format === 'mime') splitMessage(bytes, body);
      else body.plain(bytes, format === 'json' ? 'text' : 'binary');
    });
    return body.finish();
  }

  /** The same without looking inside: what nobody can split is still kept. */
  opaque(bytes: Uint8Array): RecipeStep[] {
    const body = new BodySteps(this, this.memory, null);
    body.expect(bytes, () => body.plain(bytes, 'binary'));
    return body.finish() ?? [];
  }

  /**
   * The stream of an item whose readable is here too: what occurs in both is kept once. A plain
   * search that compares every byte needs to know nothing about the stream's format.
   * @param parts decoded parts of the readable
   */
  wholeStream(bytes: Buffer, parts: readonly Uint8Array[]): RecipeStep[] | null {
    const found: Array<{ from: number; to: number; part: Uint8Array }> = [];
    const wanted = [...parts].sort((a, b) => b.length - a.length).slice(0, probedPartsMax);
    for (const part of wanted) {
      if (part.length > bytes.length) continue;
      const from = bytes.indexOf(part);
      if (from < 0) continue;
      const to = from + part.length;
      if (found.every((other) => to <= other.from || from >= other.to))
        found.push({ from, to, part });
    }
    found.sort((a, b) => a.from - b.from);
    const body = new BodySteps(this, this.memory, null);
    body.expect(bytes, () => {
      let at = 0;
      for (const { from, to, part } of found) {
        body.plain(bytes.subarray(at, from), 'binary');
        body.plain(part, 'binary');
        at = to;
      }
      body.plain(bytes.subarray(at), 'binary');
    });
    return body.finish();
  }

  /**
   * A body that arrives in pieces, compared piece by piece.
   * @param split false to keep a message that cannot be split as it is
   */
  pieces(format: ReadableFormat | 'stream', split: boolean): PieceWriter {
    return new PieceWriter(new BodySteps(this, this.memory, null), format, split);
  }

  /** Number of an object in this record; keeps it when it is new. */
  object(cls: PartClass, bytes: Uint8Array): number {
    const id = this.keep(cls, bytes);
    const key = id.toString('latin1', 0, shortIdBytes);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.objects.length;
      this.numbers.set(key, number);
      this.objects.push({ id, length: bytes.length });
    }
    return number;
  }

  inline(bytes: Uint8Array): void {
    this.memory.literals.raw(bytes);
  }

  cut(bytes: Uint8Array): number {
    return this.chunker.cut(bytes);
  }

  record(
    readable: (BodyRecord & { format: ReadableFormat }) | null,
    stream: BodyRecord | null,
    out: ByteWriter,
  ): { bytes: Buffer; refs: Buffer[] } {
    const { objects } = this;
    const bytes = encodeRecord(
      { readable, stream, objects, literals: this.memory.literals.view() },
      out,
    );
    return { bytes, refs: objects.map((object) => object.id) };
  }
}

/** Collects the steps of one body. */
class BodySteps implements SplitSink {
  private readonly item: ItemBuilder;
  private readonly memory: PartMemory;
  private readonly original = new Original();
  private readonly copies: Uint8Array[] | null;
  private readonly steps: RecipeStep[] = [];
  private cls: PartClass = 'text';
  private writer: PartWriter | null = null;
  private used = 0;
  private cutObjects: number[] | null = null;

  /** @param copies where to leave the parts, for somebody who looks for them elsewhere */
  constructor(item: ItemBuilder, memory: PartMemory, copies: Uint8Array[] | null) {
    this.item = item;
    this.memory = memory;
    this.copies = copies;
  }

  /** Bytes of the original, in order, before `take` splits them; valid until it returns. */
  expect(bytes: Uint8Array, take: () => void): void {
    this.original.expect(bytes);
    take();
    this.original.keepRest();
  }

  literal(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.item.inline(bytes);
    const last = this.steps.at(-1);
    if (last?.kind === 'literal') last.length += bytes.length;
    else this.steps.push({ kind: 'literal', length: bytes.length });
    this.check(bytes);
  }

  beginPart(cls: PartClass, encoding: PartEncoding): void {
    this.cls = cls;
    this.used = 0;
    this.cutObjects = null;
    this.writer = encoding.kind === 'identity' ? null : new PartWriter(encoding, this.check);
  }

  part(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      if (this.used === chunkBytesMax) this.cut();
      const take = Math.min(bytes.length - from, chunkBytesMax - this.used);
      this.memory.reserve(this.used, this.used + take);
      this.memory.bytes.set(bytes.subarray(from, from + take), this.used);
      // What is compared is what will be kept, not what it was copied from.
      const kept = this.memory.bytes.subarray(this.used, this.used + take);
      if (this.writer) this.writer.push(kept);
      else this.check(kept);
      this.used += take;
      from += take;
    }
  }

  endPart(encoding: PartEncoding): void {
    this.writer?.end();
    if (this.cutObjects !== null) {
      while (this.used > 0) this.cut();
      this.steps.push({ kind: 'objects', encoding, objects: this.cutObjects });
      return;
    }
    this.keepPart(this.memory.bytes.subarray(0, this.used), encoding);
  }

  /** Bytes that are kept as they are; for what is not a message. */
  plain(bytes: Uint8Array, cls: PartClass): void {
    if (bytes.length === 0) return;
    this.cls = cls;
    if (bytes.length < objectBytesMin) this.literal(bytes);
    else if (bytes.length <= chunkBytesMax) {
      this.check(bytes);
      this.keepPart(bytes, identity);
    } else {
      this.beginPart(cls, identity);
      this.part(bytes);
      this.endPart(identity);
    }
  }

  private keepPart(bytes: Uint8Array, encoding: PartEncoding): void {
    if (this.cls === 'header' || bytes.length < objectBytesMin) {
      this.item.inline(bytes);
      this.steps.push({ kind: 'inline', encoding, length: bytes.length });
    } else {
      this.steps.push({ kind: 'objects', encoding, objects: [this.item.object(this.cls, bytes)] });
      this.copies?.push(Uint8Array.prototype.slice.call(bytes));
    }
  }

  private cut(): void {
    const bytes = this.memory.bytes;
    const length = this.item.cut(bytes.subarray(0, this.used));
    this.cutObjects ??= [];
    this.cutObjects.push(this.item.object(this.cls, bytes.subarray(0, length)));
    bytes.copyWithin(0, length, this.used);
    this.used -= length;
  }

  private readonly check = (written: Uint8Array): void => this.original.compare(written);

  /** The steps, or null when they do not give the original back. */
  finish(): RecipeStep[] | null {
    return this.original.isComplete ? this.steps : null;
  }
}

/** What a body was, as far as it has not been compared with what is written again. */
class Original {
  private readonly pieces: Buffer[] = [];
  private at = 0;
  private same = true;

  expect(bytes: Uint8Array): void {
    if (bytes.length > 0)
      this.pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  compare(written: Uint8Array): void {
    for (let from = 0; from < written.length && this.same; ) {
      const piece = this.pieces[0];
      if (piece === undefined) {
        this.same = false;
        return;
      }
      const size = Math.min(written.length - from, piece.length - this.at);
      this.same = piece.compare(written, from, from + size, this.at, this.at + size) === 0;
      from += size;
      this.at += size;
      if (this.at === piece.length) {
        this.pieces.shift();
        this.at = 0;
      }
    }
  }

  /** Copies what the newest piece has left: little, because only the splitter's window lags. */
  keepRest(): void {
    const last = this.pieces.pop();
    if (last === undefined) return;
    const from = this.pieces.length === 0 ? this.at : 0;
    if (this.pieces.length === 0) this.at = 0;
    this.pieces.push(Buffer.from(last.subarray(from)));
  }

  get isComplete(): boolean {
    return this.same && this.pieces.length === 0;
  }
}

/** Takes a long body piece by piece. */
export class PieceWriter {
  private readonly body: BodySteps;
  private readonly splitter: MessageSplitter | null;
  private readonly hash: Hash = startSha256();
  private bytes = 0;

  constructor(body: BodySteps, format: ReadableFormat | 'stream', split: boolean) {
    this.body = body;
    this.splitter = split && format === 'mime' ? new MessageSplitter(body) : null;
    if (this.splitter === null) body.beginPart(format === 'json' ? 'text' : 'binary', identity);
  }

  push(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.bytes += bytes.length;
    this.body.expect(bytes, () => {
      if (this.splitter) this.splitter.push(bytes);
      else this.body.part(bytes);
    });
  }

  end(): BodyRecord {
    if (this.splitter) this.splitter.end();
    else this.body.endPart(identity);
    const steps = this.body.finish();
    if (steps === null)
      throw new AppError(
        'internal',
        'A long item would not come back as it was. It was not saved; everything else was.',
      );
    return { bytes: this.bytes, sha256: this.hash.digest(), steps };
  }
}
