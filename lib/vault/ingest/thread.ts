import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#lib/core/errors.ts';
import { looksIncompressible } from '#lib/vault/compression.ts';
import { toPlainError } from '#lib/vault/errors.ts';
import { type BodyRecord, itemIdentity, type ReadableFormat } from '#lib/vault/format/record.ts';
import { ByteWriter } from '#lib/vault/format/wire.ts';
import { IdMaker, sha256 } from '#lib/vault/ids.ts';
import type { PartClass } from '#lib/vault/mime/encoding.ts';
import { ObjectIndex } from '#lib/vault/object-index.ts';
import { Chunker, chunkBytesMax } from './chunker.ts';
import { ItemBuilder, PartMemory, type PieceWriter } from './item-builder.ts';
import { Packer } from './packer.ts';
import type {
  FromThread,
  Job,
  JobBody,
  JobDone,
  JobResult,
  ThreadStart,
  ToThread,
} from './protocol.ts';

/** The vault itself failed, not the item at hand: the whole engine has to stop. */
class StoreFailure extends Error {}

/** An item that arrives in pieces: its builder and the body that is open. */
interface LongItem {
  builder: ItemBuilder;
  open: { format: ReadableFormat | 'stream'; writer: PieceWriter } | null;
  readable: (BodyRecord & { format: ReadableFormat }) | null;
  stream: BodyRecord | null;
  freshBefore: number;
  error: unknown;
}

const fileReadBytes = 1024 * 1024;

/** The work of one thread: everything between the bytes of an item and a finished pack. */
class IngestThread {
  private readonly port: MessagePort;
  private readonly ids: IdMaker;
  private readonly index: ObjectIndex;
  private readonly packer: Packer;
  private readonly chunker: Chunker;
  private readonly memory = new PartMemory();
  private readonly record = new ByteWriter(64 * 1024);
  private readonly long = new Map<number, LongItem>();
  private fileBytes: Buffer = Buffer.allocUnsafeSlow(fileReadBytes);
  private streamBytes: Buffer = Buffer.allocUnsafeSlow(4096);
  private readonly pieceBytes = Buffer.allocUnsafeSlow(fileReadBytes);
  private fresh = 0;

  constructor(port: MessagePort, start: ThreadStart) {
    this.port = port;
    this.ids = new IdMaker(start.idKey);
    this.index = new ObjectIndex(start.index);
    this.chunker = new Chunker(start.idKey);
    this.packer = new Packer(start.secrets, (pack) =>
      this.send({ kind: 'pack', pack }, pack.slabs),
    );
  }

  private send(message: FromThread, transfer: ArrayBuffer[] = []): void {
    this.port.postMessage(message, transfer);
  }

  handle(message: ToThread): void {
    switch (message.kind) {
      case 'batch': {
        const results = message.jobs.map((job) => this.job(job, message.bytes));
        this.send({ kind: 'results', batch: message.batch, results });
        return;
      }
      case 'begin':
        this.long.set(message.item, {
          builder: new ItemBuilder(this.keep, this.chunker, new PartMemory()),
          open: null,
          readable: null,
          stream: null,
          freshBefore: this.fresh,
          error: null,
        });
        return;
      case 'beginBody':
        this.attempt(message.item, (item) => this.beginBody(item, message.format));
        return;
      case 'piece':
        this.attempt(message.item, (item) => item.open!.writer.push(message.bytes));
        this.send({ kind: 'taken', item: message.item });
        return;
      case 'endItem': {
        const item = this.long.get(message.item)!;
        this.long.delete(message.item);
        this.send({ kind: 'itemEnded', item: message.item, result: this.endItemOrError(item) });
        return;
      }
      case 'abandon':
        this.long.delete(message.item);
        return;
      case 'flush':
        this.packer.flush();
        this.send({ kind: 'flushed', token: message.token });
        return;
      case 'grow':
        this.index.adopt(message.memory);
        return;
      case 'slabs':
        this.packer.giveBack(message.slabs);
    }
  }

  /** What goes wrong in an item is kept for its end; the pieces that still come are passed over. */
  private attempt(number: number, act: (item: LongItem) => void): void {
    const item = this.long.get(number)!;
    if (item.error !== null) return;
    try {
      act(item);
    } catch (err) {
      if (err instanceof StoreFailure) throw err;
      item.error = err;
    }
  }

  private endItemOrError(item: LongItem): JobResult {
    if (item.error !== null) return { error: toPlainError(item.error) };
    try {
      return this.endItem(item);
    } catch (err) {
      if (err instanceof StoreFailure) throw err;
      return { error: toPlainError(err) };
    }
  }

  private readonly keep = (cls: PartClass, bytes: Uint8Array): Buffer => {
    try {
      return this.keepObject(cls, bytes);
    } catch (err) {
      throw new StoreFailure('an object could not be kept', { cause: err });
    }
  };

  private keepObject(cls: PartClass, bytes: Uint8Array): Buffer {
    const id = this.ids.of('object', bytes);
    if (this.index.claim(id)) {
      this.fresh += bytes.length;
      const kind = cls === 'binary' ? 'binary' : 'text';
      const entry = { kind: 'object' as const, id, length: bytes.length, refs: [] };
      this.packer.add(kind, entry, bytes, kind === 'binary' && looksIncompressible(bytes));
    }
    return id;
  }

  private job(job: Job, bytes: Uint8Array): JobResult {
    if (job.kind === 'page') {
      const page = bytes.subarray(job.offset, job.offset + job.length);
      const id = this.ids.of('page', page);
      const fresh = this.index.claim(id);
      const entry = { kind: 'page' as const, id, length: page.length, refs: job.refs };
      if (fresh) this.packer.add('page', entry, page, false);
      const freshBytes = fresh ? page.length : 0;
      return { ref: id.toString('hex'), reused: !fresh, readable: null, stream: null, freshBytes };
    }
    let readable: Source | null = null;
    let stream: Source | null = null;
    try {
      if (job.readable) readable = this.source(job.readable.body, bytes, 'fileBytes');
      if (job.stream) stream = this.source(job.stream.body, bytes, 'streamBytes');
    } catch (err) {
      closeSource(readable);
      return { error: toPlainError(err) };
    }
    const format = job.readable?.format ?? 'mime';
    try {
      if (readable?.file === undefined && stream?.file === undefined)
        return this.wholeItem(format, readable?.bytes ?? null, stream?.bytes ?? null);
      return this.fileItem(format, readable, stream);
    } catch (err) {
      if (err instanceof StoreFailure) throw err;
      return { error: toPlainError(err) };
    } finally {
      closeSource(readable);
      closeSource(stream);
    }
  }

  private source(body: JobBody, bytes: Uint8Array, memory: 'fileBytes' | 'streamBytes'): Source {
    if ('offset' in body)
      return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset + body.offset, body.length) };
    let file: number;
    try {
      file = openSync(body.file, 'r');
    } catch (err) {
      throw new AppError('input.invalid', `${body.file} cannot be read.`, { cause: err });
    }
    const size = fstatSync(file).size;
    if (size > chunkBytesMax) return { file };
    try {
      // One byte more than expected tells a file that grows from one that is there as a whole.
      if (this[memory].length <= size) this[memory] = Buffer.allocUnsafeSlow(size + 64 * 1024);
      let got = 0;
      for (;;) {
        const count = readSync(file, this[memory], got, this[memory].length - got, null);
        got += count;
        if (count === 0) break;
        if (got === this[memory].length)
          throw new AppError('input.invalid', `${body.file} changes while it is read.`);
      }
      return { bytes: this[memory].subarray(0, got) };
    } finally {
      closeSync(file);
    }
  }

  private wholeItem(
    format: ReadableFormat,
    readable: Buffer | null,
    stream: Buffer | null,
  ): JobDone {
    const before = this.fresh;
    const bodies = {
      readable: readable && { format, bytes: readable.length, sha256: sha256(readable) },
      stream: stream && { bytes: stream.length, sha256: sha256(stream) },
    };
    const id = this.ids.of('item', itemIdentity(bodies));
    let reused = this.index.has(id);
    if (!reused) {
      const built = this.build(format, readable, stream) ?? this.buildUnsplit(readable, stream);
      const { bytes, refs } = built.builder.record(
        bodies.readable && { ...bodies.readable, steps: built.readable },
        bodies.stream && { ...bodies.stream, steps: built.stream },
        this.record,
      );
      reused = !this.keepItem(id, bytes, refs);
    }
    return {
      ref: id.toString('hex'),
      reused,
      readable: bodies.readable && plainBody(bodies.readable),
      stream: bodies.stream && plainBody(bodies.stream),
      freshBytes: this.fresh - before,
    };
  }

  /**
   * The recipes of a short item; null when what was split would not be written again as it was, or
   * when splitting failed: then the item is kept unsplit.
   */
  private build(format: ReadableFormat, readable: Buffer | null, stream: Buffer | null) {
    const builder = new ItemBuilder(this.keep, this.chunker, this.memory);
    const parts: Uint8Array[] | null = stream && readable ? [] : null;
    try {
      const first = readable === null ? [] : builder.whole(readable, format, parts);
      const second = stream === null ? [] : builder.wholeStream(stream, parts ?? []);
      if (first === null || second === null) return null;
      return { builder, readable: first, stream: second };
    } catch (err) {
      if (err instanceof StoreFailure) throw err;
      return null;
    }
  }

  private buildUnsplit(readable: Buffer | null, stream: Buffer | null) {
    const builder = new ItemBuilder(this.keep, this.chunker, this.memory);
    const first = readable === null ? [] : builder.opaque(readable);
    const second = stream === null ? [] : builder.opaque(stream);
    return { builder, readable: first, stream: second };
  }

  private keepItem(id: Buffer, bytes: Uint8Array, refs: Buffer[]): boolean {
    if (!this.index.claim(id)) return false;
    this.fresh += bytes.length;
    try {
      this.packer.add('record', { kind: 'item', id, length: bytes.length, refs }, bytes, false);
    } catch (err) {
      throw new StoreFailure('a record could not be kept', { cause: err });
    }
    return true;
  }

  private fileItem(
    format: ReadableFormat,
    readable: Source | null,
    stream: Source | null,
  ): JobResult {
    try {
      return this.fileItemOnce(format, readable, stream, true);
    } catch (err) {
      if (err instanceof StoreFailure || err instanceof AppError) throw err;
      return this.fileItemOnce(format, readable, stream, false);
    }
  }

  private fileItemOnce(
    format: ReadableFormat,
    readable: Source | null,
    stream: Source | null,
    split: boolean,
  ): JobDone {
    const item: LongItem = {
      builder: new ItemBuilder(this.keep, this.chunker, this.memory),
      open: null,
      readable: null,
      stream: null,
      freshBefore: this.fresh,
      error: null,
    };
    if (readable !== null) {
      this.beginBody(item, format, split);
      this.pushSource(item, readable);
    }
    if (stream !== null) {
      this.beginBody(item, 'stream', split);
      this.pushSource(item, stream);
    }
    return this.endItem(item);
  }

  private pushSource(item: LongItem, source: Source): void {
    const { writer } = item.open!;
    if (source.file === undefined) {
      writer.push(source.bytes);
      return;
    }
    for (let at = 0; ; ) {
      const got = readSync(source.file, this.pieceBytes, 0, fileReadBytes, at);
      if (got === 0) return;
      writer.push(this.pieceBytes.subarray(0, got));
      at += got;
    }
  }

  private beginBody(item: LongItem, format: ReadableFormat | 'stream', split = true): void {
    this.endBody(item);
    item.open = { format, writer: item.builder.pieces(format, split) };
  }

  private endBody(item: LongItem): void {
    if (item.open === null) return;
    const { format, writer } = item.open;
    item.open = null;
    if (format === 'stream') item.stream = writer.end();
    else item.readable = { ...writer.end(), format };
  }

  private endItem(item: LongItem): JobDone {
    this.endBody(item);
    const id = this.ids.of('item', itemIdentity(item));
    let reused = this.index.has(id);
    if (!reused) {
      const { bytes, refs } = item.builder.record(item.readable, item.stream, this.record);
      reused = !this.keepItem(id, bytes, refs);
    }
    return {
      ref: id.toString('hex'),
      reused,
      readable: item.readable && plainBody(item.readable),
      stream: item.stream && plainBody(item.stream),
      freshBytes: this.fresh - item.freshBefore,
    };
  }
}

type Source = { bytes: Buffer; file?: undefined } | { bytes?: undefined; file: number };

function closeSource(source: Source | null): void {
  if (source?.file !== undefined) closeSync(source.file);
}

function plainBody(body: { bytes: number; sha256: Uint8Array }): { bytes: number; sha256: string } {
  return { bytes: body.bytes, sha256: Buffer.from(body.sha256).toString('hex') };
}

if (parentPort !== null) {
  const port = parentPort;
  const thread = new IngestThread(port, workerData as ThreadStart);
  port.on('message', (message: ToThread) => {
    try {
      thread.handle(message);
    } catch (err) {
      port.postMessage({ kind: 'fatal', error: toPlainError(err) } satisfies FromThread);
    }
  });
}
