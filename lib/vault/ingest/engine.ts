import { Worker } from 'node:worker_threads';
import { createLimit } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import { fromPlainError } from '#lib/vault/errors.ts';
import type { ReadableFormat } from '#lib/vault/format/record.ts';
import { packName, type Store } from '#lib/vault/store.ts';
import { Lane } from './lane.ts';
import type { FinishedPack } from './packer.ts';
import type {
  FromThread,
  Job,
  JobBody,
  JobDone,
  JobResult,
  ThreadStart,
  ToThread,
} from './protocol.ts';
import { SegmentWriter } from './segment-writer.ts';
import { slabViews } from './slabs.ts';

/** A body as the engine takes it: bytes of at most 4 MB, a file, or pieces. */
export type EngineBody = Uint8Array | { file: string };
export interface LongItemInput {
  readable: { format: ReadableFormat; body: AsyncIterable<Uint8Array> } | null;
  stream: { body: AsyncIterable<Uint8Array> } | null;
}

/** Whose bytes these are; what a flush stored is shared out by it. */
export interface Account {
  freshBytes: number;
  storedBytes: number;
}

const batchBytesMax = 1024 * 1024;
const batchJobsMax = 32;
const batchesPerThread = 2;
const packsPerThread = 2;
/** Items in pieces that may hold megabytes at a time; the others wait at their source. */
const largeItemsMax = 8;
interface Waiting {
  account: Account;
  job:
    | { readable: { format: ReadableFormat; body: EngineBody } | null; stream: EngineBody | null }
    | { page: Uint8Array; refs: Uint8Array[] };
  bytes: number;
  resolve(done: JobDone): void;
  reject(err: unknown): void;
}

interface LongWaiting {
  account: Account;
  lane: Lane;
  resolve(done: JobDone): void;
  reject(err: unknown): void;
}

interface Thread {
  worker: Worker;
  batches: Map<number, Waiting[]>;
  items: Map<number, LongWaiting>;
  packs: number;
  flushes: Map<number, () => void>;
  tables: number;
}

/**
 * The writing side of one open vault: worker threads that turn items into packs, and this thread,
 * which puts packs and segments on the target. All writers of the process share it, so that many
 * mailboxes fill one pack and a flush of one makes everything durable that any of them leans on.
 *
 * When anything fails that is not the fault of one item, the whole engine fails: what it claimed in
 * the index is void, every caller is told, and the vault starts another one.
 */
export class Engine {
  private readonly store: Store;
  private readonly threads: Thread[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly accounts = new Set<Account>();
  private readonly largeItems = createLimit(largeItemsMax);
  private failure: unknown = null;
  private closed = false;
  private pumping = false;
  private counter = 0;
  private readonly writes = new Set<Promise<void>>();
  private readonly segments: SegmentWriter;
  private packBytes = 0;
  private nextFlush: Promise<void> | null = null;
  private lastFlush: Promise<void> = Promise.resolve();
  private nextSettle: Promise<void> | null = null;
  private readonly failed: Promise<never>;
  private fail: (err: unknown) => void = () => {};

  constructor(store: Store, threads: number) {
    this.store = store;
    this.failed = new Promise((_, reject) => {
      this.fail = (err) => {
        if (this.failure !== null) return;
        this.failure = err;
        reject(err);
        this.abandon(err);
      };
    });
    this.failed.catch(() => {});
    this.segments = new SegmentWriter(store);
    for (let count = 0; count < threads; count++) this.threads.push(this.startThread());
  }

  get broken(): boolean {
    return this.failure !== null;
  }

  private startThread(): Thread {
    const start: ThreadStart = {
      secrets: this.store.secrets,
      idKey: this.store.keyring.idKey,
      index: this.store.index.share(),
    };
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    const thread: Thread = {
      worker,
      batches: new Map(),
      items: new Map(),
      packs: 0,
      flushes: new Map(),
      tables: start.index.length,
    };
    worker.on('message', (message: FromThread) => this.hear(thread, message));
    worker.on('error', (err) => this.fail(err));
    worker.on('exit', () => {
      if (!this.closed) this.fail(new Error('a worker thread of the vault ended'));
    });
    return thread;
  }

  private tell(thread: Thread, message: ToThread, transfer: ArrayBuffer[] = []): void {
    thread.worker.postMessage(message, transfer);
  }

  private abandon(err: unknown): void {
    for (const waiting of this.waiting.splice(0)) waiting.reject(err);
    for (const thread of this.threads) {
      for (const batch of thread.batches.values()) for (const waiting of batch) waiting.reject(err);
      for (const item of thread.items.values()) {
        item.reject(err);
        item.lane.giveBack();
      }
      thread.batches.clear();
      thread.items.clear();
      void thread.worker.terminate();
    }
  }

  /** Stops the threads. What was not flushed is forgotten, as after a crash. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // Whoever still waits, or comes later, is told.
    this.fail(new AppError('conflict', 'The vault was closed while this was being written.'));
    await Promise.allSettled([...this.writes]);
    await Promise.all(this.threads.map((thread) => thread.worker.terminate()));
  }

  /** Keeps an item whose bodies are short or files. Resolves when it is rebuilt and compared. */
  item(
    account: Account,
    readable: { format: ReadableFormat; body: EngineBody } | null,
    stream: EngineBody | null,
  ): Promise<JobDone> {
    const bytes = sizeOf(readable?.body ?? null) + sizeOf(stream);
    return this.enqueue(account, { readable, stream }, bytes);
  }

  /** Keeps a page of a snapshot tree. */
  page(account: Account, page: Uint8Array, refs: Uint8Array[]): Promise<JobDone> {
    return this.enqueue(account, { page, refs }, page.length);
  }

  private enqueue(account: Account, job: Waiting['job'], bytes: number): Promise<JobDone> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.accounts.add(account);
    return new Promise((resolve, reject) => {
      this.waiting.push({ account, job, bytes, resolve, reject });
      this.pumpSoon();
    });
  }

  private pumpSoon(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.waiting.length > 0 && !this.broken) {
      const thread = this.idlest();
      if (thread === null) return;
      this.post(thread, this.nextBatch());
    }
  }

  private idlest(): Thread | null {
    let best: Thread | null = null;
    for (const thread of this.threads) {
      if (thread.batches.size >= batchesPerThread || thread.packs >= packsPerThread) continue;
      if (best === null || thread.batches.size < best.batches.size) best = thread;
    }
    return best;
  }

  private nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    // With little to do the work is spread over the threads instead of filling one batch.
    const jobsMax = Math.max(
      1,
      Math.min(batchJobsMax, Math.ceil(this.waiting.length / this.threads.length)),
    );
    while (batch.length < jobsMax && this.waiting.length > 0) {
      const next = this.waiting[0]!;
      if (batch.length > 0 && bytes + next.bytes > batchBytesMax) break;
      batch.push(next);
      bytes += next.bytes;
      this.waiting.shift();
    }
    return batch;
  }

  private post(thread: Thread, batch: Waiting[]): void {
    const total = batch.reduce((sum, waiting) => sum + waiting.bytes, 0);
    const bytes = Buffer.allocUnsafeSlow(total);
    let used = 0;
    const place = (body: EngineBody): JobBody => {
      if (!(body instanceof Uint8Array)) return body;
      bytes.set(body, used);
      used += body.length;
      return { offset: used - body.length, length: body.length };
    };
    const jobs: Job[] = batch.map(({ job }) => {
      if ('page' in job) {
        const at = place(job.page) as { offset: number; length: number };
        return { kind: 'page', ...at, refs: job.refs };
      }
      return {
        kind: 'item',
        readable: job.readable && { format: job.readable.format, body: place(job.readable.body) },
        stream: job.stream && { body: place(job.stream) },
      };
    });
    const number = this.counter++;
    thread.batches.set(number, batch);
    this.shareIndex();
    this.tell(thread, { kind: 'batch', batch: number, jobs, bytes }, [bytes.buffer as ArrayBuffer]);
  }

  /** Tells every thread about tables that were added to the index. */
  private shareIndex(): void {
    this.store.index.grow();
    const tables = this.store.index.share();
    for (const thread of this.threads) {
      for (const memory of tables.slice(thread.tables)) this.tell(thread, { kind: 'grow', memory });
      thread.tables = tables.length;
    }
  }

  /** Keeps an item that arrives in pieces; at most two pieces of it are on their way. */
  async long(account: Account, input: LongItemInput): Promise<JobDone> {
    if (this.failure !== null) throw this.failure;
    this.accounts.add(account);
    const thread = this.threads.reduce((a, b) => (b.items.size < a.items.size ? b : a));
    const item = this.counter++;
    const lane = new Lane(() => thread.packs >= packsPerThread && !this.broken);
    const done = new Promise<JobDone>((resolve, reject) => {
      thread.items.set(item, { account, lane, resolve, reject });
    });
    done.catch(() => {});
    const send = async (format: ReadableFormat | 'stream', body: AsyncIterable<Uint8Array>) => {
      this.tell(thread, { kind: 'beginBody', item, format });
      for await (const piece of body) {
        for (let at = 0; at < piece.length; at += batchBytesMax) {
          await lane.take();
          // `done` says why.
          if (this.broken) return;
          const bytes = Uint8Array.prototype.slice.call(piece, at, at + batchBytesMax);
          this.tell(thread, { kind: 'piece', item, bytes }, [bytes.buffer as ArrayBuffer]);
        }
      }
    };
    this.shareIndex();
    this.tell(thread, { kind: 'begin', item });
    const sending = async () => {
      if (input.readable) await send(input.readable.format, input.readable.body);
      if (input.stream) await send('stream', input.stream.body);
    };
    try {
      // When the engine fails nobody waits for a source that stands still.
      await Promise.race([sending(), done]);
    } catch (err) {
      thread.items.delete(item);
      if (!this.broken) this.tell(thread, { kind: 'abandon', item });
      throw err;
    }
    if (!this.broken) this.tell(thread, { kind: 'endItem', item });
    return done;
  }

  private hear(thread: Thread, message: FromThread): void {
    if (this.broken) return;
    switch (message.kind) {
      case 'results': {
        const batch = thread.batches.get(message.batch)!;
        thread.batches.delete(message.batch);
        message.results.forEach((result, number) => {
          this.answer(batch[number]!, result);
        });
        this.pump();
        return;
      }
      case 'taken':
        thread.items.get(message.item)?.lane.giveBack();
        return;
      case 'itemEnded': {
        const item = thread.items.get(message.item);
        thread.items.delete(message.item);
        if (item) this.answer(item, message.result);
        return;
      }
      case 'pack':
        this.write(thread, message.pack);
        return;
      case 'flushed':
        thread.flushes.get(message.token)?.();
        thread.flushes.delete(message.token);
        return;
      case 'fatal':
        this.fail(fromPlainError(message.error));
    }
  }

  private answer(waiting: Waiting | LongWaiting, result: JobResult): void {
    if ('error' in result) {
      waiting.reject(fromPlainError(result.error));
      return;
    }
    waiting.account.freshBytes += result.freshBytes;
    waiting.resolve(result);
  }

  private write(thread: Thread, finished: FinishedPack): void {
    thread.packs++;
    const { slabs, bodyLength, footer, pack } = finished;
    const entries = Buffer.from(finished.entries);
    const write = this.store.target
      .put(packName(pack.packId), [...slabViews(slabs, bodyLength), footer])
      .then(() => {
        if (this.broken) return;
        this.packBytes += pack.size;
        this.segments.add(pack, entries, finished.leansOn);
        this.store.adopt([pack], entries);
        thread.packs--;
        for (const item of thread.items.values()) item.lane.nudge();
        this.tell(thread, { kind: 'slabs', slabs }, slabs);
        this.pump();
      })
      .catch((err) => this.fail(err))
      .finally(() => this.writes.delete(write));
    this.writes.add(write);
  }

  /**
   * Puts every object that is still in memory on the target, without a segment: then it can be
   * read, but another process would have to look into the footers. Calls that come together share
   * one round.
   */
  settle(): Promise<void> {
    this.nextSettle ??= Promise.resolve().then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      this.nextSettle = null;
      await this.emptyThreads();
    });
    return this.nextSettle;
  }

  private async emptyThreads(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const token = this.counter++;
    const emptied = this.threads.map(
      (thread) =>
        new Promise<void>((resolve) => {
          thread.flushes.set(token, resolve);
          this.tell(thread, { kind: 'flush', token });
        }),
    );
    await Promise.race([Promise.all(emptied), this.failed]);
    await Promise.race([Promise.all([...this.writes]), this.failed]);
    if (this.failure !== null) throw this.failure;
  }

  /**
   * Makes everything durable that was acknowledged before the call: packs first, then a segment
   * that says what is in them. Calls that come while one runs share the next.
   */
  flush(): Promise<void> {
    if (this.nextFlush === null) {
      const previous = this.lastFlush;
      const mine = previous
        .catch(() => {})
        .then(async () => {
          this.nextFlush = null;
          await this.flushNow();
        });
      this.nextFlush = mine;
      this.lastFlush = mine;
      mine.catch(() => {});
    }
    return this.nextFlush;
  }

  private async flushNow(): Promise<void> {
    await this.emptyThreads();
    try {
      this.packBytes += await this.segments.write();
    } catch (err) {
      this.fail(err);
      throw err;
    }
    this.shareOut();
  }

  /** Credits what the flush wrote to the accounts, by what each had that was new. */
  private shareOut(): void {
    let fresh = 0;
    for (const account of this.accounts) fresh += account.freshBytes;
    for (const account of this.accounts) {
      if (fresh > 0)
        account.storedBytes += Math.round((this.packBytes * account.freshBytes) / fresh);
      account.freshBytes = 0;
    }
    if (fresh > 0) this.packBytes = 0;
  }

  /** Waits for a place among the large items; the result gives it back. */
  largeSlot(): Promise<() => void> {
    return new Promise((resolve) => {
      void this.largeItems(() => new Promise<void>((release) => resolve(release)));
    });
  }

  forgetAccount(account: Account): void {
    this.accounts.delete(account);
  }
}

function sizeOf(body: EngineBody | null): number {
  return body instanceof Uint8Array ? body.length : 0;
}
