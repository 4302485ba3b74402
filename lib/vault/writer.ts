import { AppError } from '#lib/core/errors.ts';
import { encodeRow } from './format/page.ts';
import type { ReadableFormat } from './format/record.ts';
import { shortIdBytes } from './ids.ts';
import { chunkBytesMax } from './ingest/chunker.ts';
import type { Account, Engine, EngineBody } from './ingest/engine.ts';
import type { JobDone } from './ingest/protocol.ts';
import type { WriterLease } from './lease.ts';
import { pageSource, refId, rootOf } from './reader.ts';
import type { ItemRow, SnapshotInfo, SnapshotInput } from './rows.ts';
import { latestSnapshot, putSnapshot } from './snapshots.ts';
import type { Store } from './store.ts';
import { editTree, type PageSink, type Root, type RowEdit } from './tree.ts';

/**
 * Bytes of one representation. Up to 4 MB it may be one array; longer ones come as pieces or as a
 * file, so that nothing ever holds them whole. An array must not change until the call resolves.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array> | { file: string };

/** At least one of the two. */
export interface ItemInput {
  readable?: { format: ReadableFormat; body: Body };
  stream?: { body: Body };
}

export interface StoredItem {
  /** Opaque, 64 hex digits: names the item in this tenant's vault for ever. */
  ref: string;
  status: 'stored' | 'reused';
  readable?: { bytes: number; sha256: string };
  stream?: { bytes: number; sha256: string };
}

/** Edits of a snapshot that are held in memory at a time. */
const editsMax = 100_000;

/** Writes for one mailbox session. Cannot be had without a lease, and cannot delete. */
export class VaultWriter implements AsyncDisposable {
  private readonly store: Store;
  private readonly engine: Engine;
  private readonly lease: WriterLease;
  private readonly account: Account = { freshBytes: 0, storedBytes: 0 };
  private readonly inFlight = new Set<Promise<unknown>>();

  private ended: (() => void) | null;

  /** @param ended called once, when this writer is given up */
  constructor(store: Store, engine: Engine, lease: WriterLease, ended: () => void) {
    this.store = store;
    this.engine = engine;
    this.lease = lease;
    this.ended = ended;
  }

  /**
   * Keeps an item, rebuilds it from what was kept and compares; then it resolves. Many calls may be
   * in flight. Durable after the next `flush`. An unreadable body rejects this call alone.
   */
  async putItem(item: ItemInput): Promise<StoredItem> {
    const put = this.put(item);
    this.inFlight.add(put);
    try {
      return await put;
    } finally {
      this.inFlight.delete(put);
    }
  }

  private async put(item: ItemInput): Promise<StoredItem> {
    if (item.readable === undefined && item.stream === undefined)
      throw new AppError('input.invalid', 'An item has neither a readable form nor a stream.');
    await using slot = new LargeSlot(this.engine);
    const readable = item.readable ? await short(item.readable.body, slot) : null;
    let stream: OpenedBody | null;
    try {
      stream = item.stream ? await short(item.stream.body, slot) : null;
    } catch (err) {
      giveUp(readable);
      throw err;
    }
    const format = item.readable?.format ?? 'mime';
    let done: JobDone;
    if (isShort(readable) && isShort(stream)) {
      done = await this.engine.item(this.account, readable && { format, body: readable }, stream);
    } else {
      done = await this.engine
        .long(this.account, {
          readable: readable && { format, body: pieces(readable) },
          stream: stream && { body: pieces(stream) },
        })
        .catch((err) => {
          giveUp(readable);
          giveUp(stream);
          throw err;
        });
    }
    const { ref } = done;
    const stored: StoredItem = { ref, status: done.reused ? 'reused' : 'stored' };
    if (done.readable) stored.readable = done.readable;
    if (done.stream) stored.stream = done.stream;
    return stored;
  }

  /**
   * When this resolves, every item put so far is durable: packs first, then the index segment,
   * file and folder flushed.
   * @returns bytes on the target since this writer's last flush; packs that several writers fill
   *   are shared out by what each had that was new
   */
  async flush(): Promise<{ storedBytes: number }> {
    await Promise.allSettled([...this.inFlight]);
    await this.engine.flush();
    const { storedBytes } = this.account;
    this.account.storedBytes = 0;
    return { storedBytes };
  }

  /**
   * Writes the tree's new pages, flushes, asserts the lease and writes the snapshot object last.
   * 'conflict' when another session has committed meanwhile, 'lease.lost' when the lease is gone,
   * 'input.invalid' when a row names an item that is not in the vault: nothing is committed then.
   */
  async commitSnapshot(input: SnapshotInput): Promise<SnapshotInfo> {
    const latest = await latestSnapshot(this.store, input.mailboxId);
    if ((latest?.info.id ?? null) !== input.base && input.base !== null)
      throw new AppError(
        'conflict',
        'The snapshot this one builds on is not the newest of its mailbox. Nothing was written; run again from the newest.',
        { retryable: true },
      );
    const base = input.base === null ? null : rootOf(latest!.info);
    await Promise.allSettled([...this.inFlight]);
    const { root, pagesWritten } = await this.buildTree(base, input);
    await this.engine.flush();
    await this.lease.assertHeld();
    return putSnapshot(this.store, {
      mailboxId: input.mailboxId,
      sequence: (latest?.info.sequence ?? 0) + 1,
      previous: latest?.info.id ?? null,
      takenAtMs: input.takenAt.getTime(),
      sessionId: this.lease.sessionId,
      epoch: this.lease.epoch,
      root: root.id,
      items: root.items,
      bytes: root.bytes,
      pagesWritten,
      note: input.note,
      folders: input.folders,
    });
  }

  private async buildTree(
    base: Root | null,
    input: SnapshotInput,
  ): Promise<{ root: Root; pagesWritten: number }> {
    let root = base;
    let pagesWritten = 0;
    let edits = new Map<string, RowEdit>();
    const apply = async () => {
      const sorted = [...edits.values()].sort((a, b) => a.key.compare(b.key));
      edits = new Map();
      const edited = await editTree(this.pages(), this.store.ids, root, sorted);
      root = edited.root;
      pagesWritten += edited.pagesWritten;
    };
    const add = async (key: string, value: RowEdit) => {
      // Two keys must not become the same bytes.
      if (!key.isWellFormed())
        throw new AppError(
          'input.invalid',
          'The key of an item is not valid Unicode. Nothing was committed.',
        );
      edits.set(key, value);
      if (edits.size >= editsMax) {
        await apply();
        await this.engine.settle();
      }
    };
    for await (const key of input.remove)
      await add(key, { key: Buffer.from(key, 'utf8'), value: null });
    for await (const row of input.put) await add(row.key, this.edit(row));
    if (edits.size > 0 || root === null) await apply();
    return { root: root!, pagesWritten };
  }

  private edit(row: ItemRow): RowEdit {
    const id = refId(row.ref);
    // What is still in memory counts: the flush before the commit brings it to the target.
    if (id === null || !this.store.index.has(id))
      throw new AppError(
        'input.invalid',
        'A snapshot names an item that is not in the vault. Nothing was committed.',
      );
    return encodeRow(row);
  }

  /** Pages written in this commit are read back from memory until they are on the target. */
  private pages(): PageSink {
    const source = pageSource(this.store);
    const { engine, account } = this;
    const pending = new Map<string, Buffer>();
    return {
      page: async (id) => pending.get(id.toString('hex')) ?? source.page(id),
      async keep(id, bytes, refs) {
        const key = id.toString('hex');
        if (pending.has(key)) return false;
        pending.set(key, bytes);
        const short = refs.map((ref) => Uint8Array.prototype.slice.call(ref, 0, shortIdBytes));
        return !(await engine.page(account, bytes, short)).reused;
      },
    };
  }

  /** Gives the writer up. What was not flushed may or may not be kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.inFlight]);
    this.engine.forgetAccount(this.account);
    this.ended?.();
    this.ended = null;
  }
}

type LongBody = { first: Uint8Array[]; rest: AsyncIterator<Uint8Array> };
type OpenedBody = EngineBody | LongBody;

function isShort(body: OpenedBody | null): body is EngineBody | null {
  return body === null || body instanceof Uint8Array || 'file' in body;
}

/** Bodies in pieces may be this long before they need one of the few places for large ones. */
const freeBytes = 512 * 1024;

/** A place among the items that hold megabytes while they arrive; taken once an item needs it. */
class LargeSlot implements AsyncDisposable {
  private readonly engine: Engine;
  private release: (() => void) | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  async take(): Promise<void> {
    this.release ??= await this.engine.largeSlot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release?.();
  }
}

/** Reads up to 4 MB of a body to find out whether it is short. */
async function short(body: Body, slot: LargeSlot): Promise<OpenedBody> {
  if (body instanceof Uint8Array) {
    if (body.length <= chunkBytesMax) return body;
    return { first: [body], rest: nothing() };
  }
  if ('file' in body) return body;
  const first: Uint8Array[] = [];
  let bytes = 0;
  const rest = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await rest.next();
    if (next.done) return first.length === 1 ? first[0]! : Buffer.concat(first);
    first.push(Uint8Array.prototype.slice.call(next.value));
    bytes += next.value.length;
    if (bytes > freeBytes) await slot.take();
    if (bytes > chunkBytesMax) return { first, rest };
  }
}

/** Tells the source of a long body that nobody reads on; one that stands still is not waited for. */
function giveUp(body: OpenedBody | null): void {
  if (isShort(body)) return;
  body.rest.return?.()?.catch(() => {});
}

async function* nothing(): AsyncIterator<Uint8Array> & AsyncGenerator<Uint8Array> {}

async function* pieces(body: OpenedBody): AsyncIterable<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else if ('file' in body) {
    const { createReadStream } = await import('node:fs');
    yield* createReadStream(body.file, { highWaterMark: 1024 * 1024 });
  } else {
    while (body.first.length > 0) yield body.first.shift()!;
    try {
      for (;;) {
        const next = await body.rest.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await body.rest.return?.();
    }
  }
}
