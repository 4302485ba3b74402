import type { GraphClient } from '#lib/graph/client.ts';
import { exportBatchMax } from '#lib/graph/export.ts';
import type { MailboxItem } from '#lib/graph/items.ts';
import type { ItemInput, StoredItem } from '#lib/vault/writer.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { streamContentId } from './identity.ts';
import { kindOfClass } from './item.ts';
import type { CapturedItem, ItemOutcome } from './journal.ts';
import type { ItemNote, OutcomeCause } from './outcome.ts';
import {
  type FormResult,
  type Readable,
  readReadable,
  readStreams,
  type SourceMailbox,
} from './read-item.ts';
import type { Collected } from './spool.ts';

/** Which forms of an item are kept: both; only what Exchange can take back exactly; only what people can read. */
export type CaptureMode = 'dual' | 'stream' | 'readable';

/** The part of a vault writer that capturing needs. */
export interface ItemSink {
  putItem(item: ItemInput): Promise<StoredItem>;
  flush(): Promise<unknown>;
}

export interface CaptureSource {
  graph: GraphClient;
  mailbox: SourceMailbox;
  sink: ItemSink;
  mode: CaptureMode;
  signal: AbortSignal;
  /** After each item, for a heartbeat. */
  onItem(): void;
}

export type CaptureResult =
  | { kind: 'item'; item: CapturedItem; again: boolean; bytesRead: number }
  | { kind: 'none'; outcome: ItemOutcome };

/** Items this small share an export call; Exchange's size says little about the stream's (research/graph.md §2.4). */
const smallItemBytes = 512 * 1024;
const batchBytesMax = 4 * 1024 * 1024;
const batchesInFlight = 2;
/**
 * Reads the items and puts them into the vault. Small ones share an export call. Gives exactly one
 * result for each; throws only for what concerns more than an item.
 */
export async function captureItems(
  source: CaptureSource,
  folderId: string,
  items: readonly MailboxItem[],
  breaker: CircuitBreaker,
): Promise<CaptureResult[]> {
  breaker.among(folderId, items);
  const results: CaptureResult[] = [];
  const batches = batchesOf(items);
  let next = 0;
  const lane = async () => {
    while (next < batches.length) {
      source.signal.throwIfAborted();
      const batch = batches[next++]!;
      results.push(...(await captureBatch(source, folderId, batch, breaker)));
    }
  };
  const lanes = Array.from({ length: Math.min(batchesInFlight, batches.length) }, () =>
    lane().catch((err) => {
      next = batches.length;
      throw err;
    }),
  );
  await settleAll(lanes);
  return results;
}

function batchesOf(items: readonly MailboxItem[]): MailboxItem[][] {
  const batches: MailboxItem[][] = [];
  let batch: MailboxItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = item.size ?? Number.POSITIVE_INFINITY;
    if (size > smallItemBytes) {
      batches.push([item]);
      continue;
    }
    if (batch.length === exportBatchMax || bytes + size > batchBytesMax) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

async function captureBatch(
  source: CaptureSource,
  folderId: string,
  batch: readonly MailboxItem[],
  breaker: CircuitBreaker,
): Promise<CaptureResult[]> {
  const { graph, mailbox, mode, signal } = source;
  const streams =
    mode === 'readable'
      ? Promise.resolve(new Map<string, FormResult<Collected>>())
      : readStreams(
          graph,
          mailbox.exchangeId,
          batch.map(({ id }) => id),
          signal,
        );
  // It may fail before anybody waits for it: those who do are told, and the process must not end.
  streams.catch(() => {});
  const left = new Set(batch.map(({ id }) => id));
  // All are started: the client lets four through, and the vault works while the next ones arrive.
  const captures = batch.map(async (item) => {
    const readable = await readReadable(graph, mailbox, folderId, item, {
      listingOnly: mode === 'stream',
      withAttachments: mode === 'readable',
      withText: true,
      signal,
    });
    try {
      const stream = (await streams).get(item.id) ?? null;
      left.delete(item.id);
      const result = await storeItem(source, folderId, item, stream, readable, breaker);
      source.onItem();
      return result;
    } finally {
      if (readable.kind === 'ok') await readable.value.body.dispose();
    }
  });
  try {
    return await settleAll(captures);
  } finally {
    const unused = await streams.catch(() => new Map<string, FormResult<Collected>>());
    for (const id of left) {
      const stream = unused.get(id);
      if (stream?.kind === 'ok') await stream.value.dispose();
    }
  }
}

async function storeItem(
  source: CaptureSource,
  folderId: string,
  item: MailboxItem,
  stream: FormResult<Collected> | null,
  readable: FormResult<Readable>,
  breaker: CircuitBreaker,
): Promise<CaptureResult> {
  try {
    const placed = { folderId, item };
    if (stream?.kind === 'ok') breaker.good('stream', placed);
    if (readable.kind === 'ok') breaker.good('readable', placed);
    if (stream) await breaker.note('stream', stream.kind === 'failed', codeOf(stream), placed);
    await breaker.note('readable', readable.kind === 'failed', codeOf(readable), placed);
    if (stream?.kind !== 'ok' && readable.kind !== 'ok') {
      const outcome = nothingHad(folderId, item.id, stream, readable);
      await breaker.note('item', outcome.outcome === 'failed', outcome.detail ?? '', placed);
      return { kind: 'none', outcome };
    }
    if (source.mode === 'stream' && stream?.kind !== 'ok') {
      // The listing alone is no backup.
      const outcome = nothingHad(folderId, item.id, stream, stream ?? readable);
      await breaker.note('item', outcome.outcome === 'failed', outcome.detail ?? '', placed);
      return { kind: 'none', outcome };
    }
    const stored = await source.sink.putItem({
      ...(readable.kind === 'ok'
        ? { readable: { format: readable.value.format, body: readable.value.body.body() } }
        : {}),
      ...(stream?.kind === 'ok' ? { stream: { body: stream.value.body() } } : {}),
    });
    await breaker.note('item', false, '', placed);
    return {
      kind: 'item',
      item: capturedItem(folderId, item, stream, readable, stored),
      again: stream?.kind === 'failed' || readable.kind === 'failed',
      bytesRead:
        (stream?.kind === 'ok' ? stream.value.bytes : 0) +
        (readable.kind === 'ok' ? readable.value.body.bytes : 0),
    };
  } finally {
    if (stream?.kind === 'ok') await stream.value.dispose();
  }
}

function capturedItem(
  folderId: string,
  item: MailboxItem,
  stream: FormResult<Collected> | null,
  readable: FormResult<Readable>,
  stored: StoredItem,
): CapturedItem {
  const itemClass = item.type ?? '';
  const facts = readable.kind === 'ok' ? readable.value.facts : null;
  const streamBody = stream?.kind === 'ok' ? stream.value : null;
  const note: ItemNote | null =
    stream !== null && !streamBody ? 'readable-only' : facts === null ? 'stream-only' : null;
  const created = Date.parse(item.createdDateTime ?? '');
  return {
    id: item.id,
    changeKey: item.changeKey ?? '',
    folderId,
    kind: kindOfClass(itemClass),
    itemClass,
    subject: facts?.subject ?? '',
    sender: facts?.sender ?? '',
    recipients: facts?.recipients ?? '',
    at: facts?.at ?? (Number.isNaN(created) ? null : new Date(created)),
    bytes: item.size ?? 0,
    hasAttachments: facts?.hasAttachments ?? false,
    card: facts?.card ?? null,
    categories: item.categories ?? [],
    contentId: facts?.contentId ?? streamContentId(streamBody?.sha256 ?? ''),
    internetMessageId: facts?.internetMessageId ?? null,
    ref: stored.ref,
    outcome: stored.status,
    streamBytes: streamBody?.bytes ?? null,
    readableBytes: readable.kind === 'ok' ? readable.value.body.bytes : null,
    note,
    text: readable.kind === 'ok' ? readable.value.text : null,
  };
}

/** What to say of an item of which no form could be had. A chance to get it later counts most. */
function nothingHad(
  folderId: string,
  id: string,
  stream: FormResult<Collected> | null,
  readable: FormResult<Readable> | FormResult<Collected>,
): ItemOutcome {
  const results = stream ? [stream, readable] : [readable];
  const line = (outcome: 'skipped' | 'failed', cause: OutcomeCause, detail: string | null) => ({
    id,
    folderId,
    outcome,
    cause,
    detail,
  });
  for (const result of results) {
    if (result.kind === 'failed') return line('failed', result.cause, result.code || null);
  }
  for (const result of results) {
    if (result.kind === 'corrupt') return line('skipped', 'corrupt-in-source', result.code);
  }
  return line('skipped', 'gone-in-flight', null);
}

function codeOf(result: FormResult<unknown>): string {
  return result.kind === 'failed' || result.kind === 'corrupt' ? result.code : '';
}

/** Like `Promise.all`, but nothing is still running when it throws. */
async function settleAll<T>(promises: Array<Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}
