import { AppError } from '#lib/core/errors.ts';
import { VaultDamaged } from './errors.ts';
import { decodeRow } from './format/page.ts';
import {
  type BodyRecord,
  decodeRecord,
  type ItemRecord,
  itemIdentity,
  type ReadableFormat,
} from './format/record.ts';
import { shortIdBytes, startSha256 } from './ids.ts';
import { PartWriter } from './mime/join.ts';
import type { FolderRow, ItemRow, RowChange, SnapshotInfo } from './rows.ts';
import { type LoadedSnapshot, latestSnapshot, listSnapshots, loadSnapshot } from './snapshots.ts';
import type { Store } from './store.ts';
import { diffTrees, type PageSource, type Root, treeRow, treeRows } from './tree.ts';

export interface StoredBody {
  bytes: number;
  sha256: string;
  /**
   * Chunks of at most 1 MB. Every object is checked before it is given out and the whole at the
   * end: the last `next` throws 'vault.damaged' when it is not what was backed up.
   */
  body: AsyncIterable<Uint8Array>;
}

export interface OpenSnapshot {
  info: SnapshotInfo;
  note: Record<string, string>;
  folders: FolderRow[];
  /** In the order of the keys. */
  items(): AsyncIterable<ItemRow>;
  item(key: string): Promise<ItemRow | null>;
}

const chunkBytesMax = 1024 * 1024;

/** Reads a vault; it can neither write nor delete. */
export class VaultReader {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** True when the item is on the target. */
  async has(ref: string): Promise<boolean> {
    const id = refId(ref);
    if (id === null) return false;
    if (this.store.has(id)) return true;
    await this.store.refresh();
    return this.store.has(id);
  }

  /** Null when the item was kept without a readable form; 'not-found' when there is no such item. */
  async openReadable(ref: string): Promise<(StoredBody & { format: ReadableFormat }) | null> {
    const record = await this.record(ref);
    if (record.readable === null) return null;
    const { format } = record.readable;
    return { format, ...storedBody(this.store, ref, record, record.readable, 0) };
  }

  /** Null when the item was kept without its stream; 'not-found' when there is no such item. */
  async openStream(ref: string): Promise<StoredBody | null> {
    const record = await this.record(ref);
    if (record.stream === null) return null;
    return storedBody(this.store, ref, record, record.stream, inlineBytes(record.readable));
  }

  private async record(ref: string): Promise<ItemRecord> {
    if (!(await this.has(ref)))
      throw new AppError('not-found', 'This item is not in the vault of this customer.');
    return readRecord(this.store, refId(ref)!);
  }

  /** All snapshots, or one mailbox's, oldest first. */
  async snapshots(mailboxId?: string): Promise<SnapshotInfo[]> {
    return listSnapshots(this.store, mailboxId);
  }

  /** A mailbox's newest; only this one is read. */
  async newestSnapshot(mailboxId: string): Promise<SnapshotInfo | null> {
    return (await latestSnapshot(this.store, mailboxId))?.info ?? null;
  }

  async snapshot(id: string): Promise<OpenSnapshot> {
    const { info, record } = await loadSnapshot(this.store, id);
    await this.store.refresh();
    const { store } = this;
    const root = rootOf(info);
    const where = `snapshot ${id}`;
    const pages = pageSource(store);
    return {
      info,
      note: record.note,
      folders: record.folders,
      async *items() {
        for await (const row of treeRows(pages, store.ids, root)) yield decodeRow(row, where);
      },
      async item(key) {
        const row = await treeRow(pages, store.ids, root, Buffer.from(key, 'utf8'));
        return row && decodeRow(row, where);
      },
    };
  }

  /**
   * What changed from snapshot `a` to snapshot `b`, in the order of the keys; the work is in
   * proportion to the difference. 'put' carries the row of `b`, 'remove' the row of `a`.
   */
  async *diff(a: string, b: string): AsyncIterable<RowChange> {
    const [before, after]: LoadedSnapshot[] = [
      await loadSnapshot(this.store, a),
      await loadSnapshot(this.store, b),
    ];
    await this.store.refresh();
    const pages = pageSource(this.store);
    for await (const { kind, row } of diffTrees(
      pages,
      this.store.ids,
      rootOf(before!.info),
      rootOf(after!.info),
    ))
      yield { kind, row: decodeRow(row, `snapshot ${kind === 'put' ? b : a}`) };
  }
}

export function rootOf(info: SnapshotInfo): Root {
  return { id: Buffer.from(info.root, 'hex'), items: info.items, bytes: info.bytes };
}

export function pageSource(store: Store): PageSource {
  return { page: (id) => store.object(id, `page ${id.toString('hex')}`) };
}

export function refId(ref: string): Buffer | null {
  return /^[0-9a-f]{64}$/.test(ref) ? Buffer.from(ref, 'hex') : null;
}

/** The record of an item, checked against its id. */
export async function readRecord(store: Store, id: Buffer): Promise<ItemRecord> {
  const where = `item ${id.toString('hex')}`;
  const record = decodeRecord(await store.object(id, where), where);
  if (!store.ids.of('item', itemIdentity(record)).equals(id))
    throw new VaultDamaged(where, 'its record belongs to another item');
  return record;
}

function inlineBytes(body: BodyRecord | null): number {
  let sum = 0;
  for (const step of body?.steps ?? []) if (step.kind !== 'objects') sum += step.length;
  return sum;
}

function storedBody(
  store: Store,
  ref: string,
  record: ItemRecord,
  body: BodyRecord,
  literalsFrom: number,
): StoredBody {
  return {
    bytes: body.bytes,
    sha256: Buffer.from(body.sha256).toString('hex'),
    body: rebuild(store, ref, record, body, literalsFrom),
  };
}

/** Carries a recipe out and gives the body out piece by piece. Holds one object at a time. */
async function* rebuild(
  store: Store,
  ref: string,
  record: ItemRecord,
  body: BodyRecord,
  literalsFrom: number,
): AsyncIterable<Uint8Array> {
  let ready: Uint8Array[] = [];
  const run = new RecipeRun(store, ref, record, body, literalsFrom, true, (bytes) => {
    for (let at = 0; at < bytes.length; at += chunkBytesMax)
      ready.push(Uint8Array.prototype.slice.call(bytes, at, at + chunkBytesMax));
  });
  for (let more = true; more; ) {
    more = await run.step();
    const chunks = ready;
    ready = [];
    yield* chunks;
  }
}

/**
 * Puts an item together again without giving it to anybody: throws 'vault.damaged' unless every
 * body has the length and the SHA-256 of what was backed up.
 */
export async function rebuildItem(store: Store, ref: string): Promise<void> {
  const record = await readRecord(store, refId(ref)!);
  let literals = 0;
  for (const body of [record.readable, record.stream]) {
    if (body === null) continue;
    // The hash of the whole decides; checking every object as well would only tell earlier.
    const run = new RecipeRun(store, ref, record, body, literals, false, () => {});
    while (await run.step());
    literals += inlineBytes(body);
  }
}

/** One recipe being carried out, an object or a literal at a time. */
class RecipeRun {
  private readonly store: Store;
  private readonly where: string;
  private readonly record: ItemRecord;
  private readonly body: BodyRecord;
  private readonly checkObjects: boolean;
  private readonly out: (bytes: Uint8Array) => void;
  private readonly hash = startSha256();
  private literal: number;
  private total = 0;
  private next = 0;
  private open: { writer: PartWriter; objects: number[]; at: number } | null = null;

  constructor(
    store: Store,
    ref: string,
    record: ItemRecord,
    body: BodyRecord,
    literalsFrom: number,
    checkObjects: boolean,
    out: (bytes: Uint8Array) => void,
  ) {
    this.store = store;
    this.where = `item ${ref}`;
    this.record = record;
    this.body = body;
    this.literal = literalsFrom;
    this.checkObjects = checkObjects;
    this.out = out;
  }

  private readonly take = (bytes: Uint8Array): void => {
    this.hash.update(bytes);
    this.total += bytes.length;
    if (this.total > this.body.bytes)
      throw new VaultDamaged(this.where, 'it is longer than what was backed up');
    this.out(bytes);
  };

  /** @returns false when the body is complete and right */
  async step(): Promise<boolean> {
    if (this.open !== null) {
      await this.nextObject(this.open);
      return true;
    }
    const step = this.body.steps[this.next++];
    if (step === undefined) {
      if (this.total !== this.body.bytes || !this.hash.digest().equals(this.body.sha256))
        throw new VaultDamaged(this.where, 'put together again it differs from what was backed up');
      return false;
    }
    if (step.kind === 'objects') {
      const writer = new PartWriter(step.encoding, this.take);
      this.open = { writer, objects: step.objects, at: 0 };
      return true;
    }
    const bytes = this.record.literals.subarray(this.literal, this.literal + step.length);
    this.literal += step.length;
    if (step.kind === 'literal') this.take(bytes);
    else {
      const writer = new PartWriter(step.encoding, this.take);
      writer.push(bytes);
      writer.end();
    }
    return true;
  }

  private async nextObject(open: NonNullable<RecipeRun['open']>): Promise<void> {
    const number = open.objects[open.at++];
    if (number === undefined) {
      open.writer.end();
      this.open = null;
      return;
    }
    const object = this.record.objects[number]!;
    const bytes = await this.store.object(Buffer.from(object.id), this.where);
    const right =
      bytes.length === object.length &&
      (!this.checkObjects ||
        this.store.ids.of('object', bytes).subarray(0, shortIdBytes).equals(object.id));
    if (!right) throw new VaultDamaged(this.where, 'a part of it is not the part that was kept');
    open.writer.push(bytes);
  }
}
