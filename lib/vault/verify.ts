import { type AppError, isAppError } from '#lib/core/errors.ts';
import { VaultDamaged } from './errors.ts';
import type { PackBlock } from './format/pack.ts';
import { rowRef } from './format/page.ts';
import type { SegmentPack } from './format/segment.ts';
import { ObjectIndex } from './object-index.ts';
import { pageSource, rebuildItem, rootOf } from './reader.ts';
import { type LoadedSnapshot, loadSnapshotByName, snapshotNames } from './snapshots.ts';
import { packName, type Store } from './store.ts';
import { treeRows } from './tree.ts';

export interface VerifyProgress {
  /** Packs looked at, of how many. */
  packs: number;
  of: number;
  /** Items put together again so far (deep only). */
  items: number;
}

export interface VerifyOptions {
  /** Also open every block and put every item together again. */
  deep: boolean;
  onProgress?(progress: VerifyProgress): void;
  signal?: AbortSignal;
}

export interface VerifyProblem {
  kind: 'keyring' | 'pack' | 'index' | 'item' | 'snapshot';
  /** Name on the target, or the item. */
  where: string;
  sentence: string;
  /** Refs of items that cannot be put together because of it; at most 1,000. */
  affectedItems: string[];
}

export interface VerifyReport {
  packs: number;
  blocks: number;
  objects: number;
  items: number;
  snapshots: number;
  bytes: number;
  problems: VerifyProblem[];
}

const affectedItemsMax = 1000;
const presentPlace = { pack: 0, block: 0, offset: 0, length: 0 };

/**
 * Checks that everything the vault points to is there and, with `deep`, that it is right. Reports
 * what it finds; an error that is not about the vault's bytes (a target out of reach) is thrown.
 */
export async function verifyStore(store: Store, options: VerifyOptions): Promise<VerifyReport> {
  // First what counts, then what it rests on: a backup may go on meanwhile.
  const snapshots = await snapshotNames(store);
  await store.refresh();
  const run = new Verification(store, options);
  await run.index();
  await run.packs();
  await run.references();
  await run.snapshots(snapshots);
  return run.report;
}

class Verification {
  private readonly store: Store;
  private readonly options: VerifyOptions;
  /** Everything that lies in a pack that holds, by its own footer. */
  private readonly present = new ObjectIndex();
  /** Items that cannot be put together again. */
  private readonly broken = new Set<string>();
  private readonly footers: Array<{ name: string; size: number; pack: SegmentPack }> = [];
  private readonly named = new Map<string, number>();
  private readonly listed = new Set<string>();
  readonly report: VerifyReport = {
    packs: 0,
    blocks: 0,
    objects: 0,
    items: 0,
    snapshots: 0,
    bytes: 0,
    problems: [],
  };

  constructor(store: Store, options: VerifyOptions) {
    this.store = store;
    this.options = options;
  }

  private note(kind: VerifyProblem['kind'], where: string, err: unknown): VerifyProblem {
    if (!isAppError(err, 'vault.damaged') && !isAppError(err, 'not-found')) throw err;
    const problem = { kind, where, sentence: (err as AppError).message, affectedItems: [] };
    this.report.problems.push(problem);
    return problem;
  }

  /** Every segment opens; what packs they speak of is remembered. */
  async index(): Promise<void> {
    for await (const { name } of this.store.target.list('index/')) {
      this.options.signal?.throwIfAborted();
      try {
        const segment = await this.store.loadSegment(name);
        for (const pack of segment.packs) this.named.set(packName(pack.packId), pack.size);
      } catch (err) {
        this.note('index', name, err);
      }
    }
  }

  /** Every pack holds: its ends and footer, and with `deep` every block and object. */
  async packs(): Promise<void> {
    const found: Array<{ name: string; size: number }> = [];
    for await (const entry of this.store.target.list('packs/')) found.push(entry);
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of found) {
      this.named.delete(name);
      this.listed.add(name);
    }
    for (const name of this.named.keys()) {
      if (this.store.isRetired(name)) continue;
      this.note('pack', name, new VaultDamaged(name, 'the pack is missing'));
    }
    for (const { name, size } of found) {
      this.options.signal?.throwIfAborted();
      this.report.packs++;
      this.report.bytes += size;
      try {
        const { pack, blocks } = await this.store.loadFooter(name, size);
        this.footers.push({ name, size, pack });
        for (let number = 0; number < blocks.length; number++)
          await this.block(name, pack, number, blocks[number]!);
      } catch (err) {
        this.note('pack', name, err);
      }
      this.options.onProgress?.({ packs: this.report.packs, of: found.length, items: 0 });
    }
  }

  private async block(name: string, pack: SegmentPack, number: number, block: PackBlock) {
    this.report.blocks++;
    for (const entry of block.entries) {
      if (entry.kind === 'object') this.report.objects++;
      if (entry.kind === 'item') this.report.items++;
    }
    if (this.options.deep) {
      try {
        this.checkObjects(block, await this.store.openBlock(pack, number), name);
      } catch (err) {
        this.note('pack', `${name}, block ${number}`, err);
        return;
      }
    }
    for (const entry of block.entries) this.present.place(Buffer.from(entry.id), presentPlace);
  }

  /** Every object of a block has the id its pack says. A record is checked when it is read. */
  private checkObjects(block: PackBlock, bytes: Buffer, where: string): void {
    let offset = 0;
    for (const entry of block.entries) {
      const object = bytes.subarray(offset, offset + entry.length);
      offset += entry.length;
      if (entry.kind === 'item') continue;
      if (!this.store.ids.of(entry.kind, object).equals(entry.id))
        throw new VaultDamaged(where, 'an object in it has another id than the footer says');
    }
  }

  /** Everything an item or page points to is present; with `deep` the item is put together. */
  async references(): Promise<void> {
    let items = 0;
    for (const { name, size } of this.footers) {
      const { blocks } = await this.store.loadFooter(name, size);
      const lacking: string[] = [];
      for (const entry of blocks.flatMap((block) => block.entries)) {
        if (entry.kind === 'object') continue;
        this.options.signal?.throwIfAborted();
        const id = Buffer.from(entry.id);
        if (!this.present.has(id)) continue;
        if (entry.kind === 'page') continue;
        const whole = entry.refs.every((ref) => this.present.has(Buffer.from(ref)));
        const ref = id.toString('hex');
        // An item that the index leaves out is a rest of a process that died: nobody was told of it.
        const counts = this.store.has(id);
        if (!whole) {
          if (entry.refs.every((part) => this.comes(Buffer.from(part)))) continue;
          this.broken.add(ref);
          if (counts) lacking.push(ref);
        } else if (this.options.deep && counts) await this.item(ref);
        items++;
      }
      if (lacking.length > 0)
        this.report.problems.push({
          kind: 'item',
          where: name,
          sentence: `${lacking.length} items recorded in ${name} lack parts that are missing or damaged.`,
          affectedItems: lacking.slice(0, affectedItemsMax),
        });
      this.options.onProgress?.({ packs: this.report.packs, of: this.report.packs, items });
    }
  }

  /** True for what is there, in memory still, or in a pack that was written since we looked. */
  private comes(id: Buffer): boolean {
    if (this.present.has(id)) return true;
    const pack = this.store.packOf(id);
    if (pack === null) return this.store.index.has(id);
    return !this.listed.has(pack) && !this.named.has(pack);
  }

  private async item(ref: string): Promise<void> {
    try {
      await rebuildItem(this.store, ref);
    } catch (err) {
      this.note('item', `item ${ref}`, err).affectedItems.push(ref);
      this.broken.add(ref);
    }
  }

  /** Every snapshot opens, follows its predecessor and names only items that hold. */
  async snapshots(names: readonly string[]): Promise<void> {
    let previous: LoadedSnapshot | null = null;
    for (const name of names) {
      this.options.signal?.throwIfAborted();
      this.report.snapshots++;
      try {
        const loaded = await loadSnapshotByName(this.store, name);
        this.chain(name, previous, loaded);
        previous = loaded;
        await this.rows(name, loaded);
      } catch (err) {
        this.note('snapshot', name, err);
      }
    }
  }

  private chain(name: string, before: LoadedSnapshot | null, { info }: LoadedSnapshot): void {
    const earlier = before?.info.mailboxId === info.mailboxId ? before.info : null;
    const follows =
      info.sequence === (earlier?.sequence ?? 0) + 1 && info.previous === (earlier?.id ?? null);
    if (!follows)
      this.note('snapshot', name, new VaultDamaged(name, 'the snapshot before it is missing'));
  }

  private async rows(name: string, { info }: LoadedSnapshot): Promise<void> {
    const lacking: string[] = [];
    let items = 0;
    for await (const row of treeRows(pageSource(this.store), this.store.ids, rootOf(info))) {
      items++;
      const id = rowRef(row);
      const ref = id.toString('hex');
      const holds = this.present.has(id) && this.store.has(id) && !this.broken.has(ref);
      if (!holds) lacking.push(ref);
    }
    if (items !== info.items)
      this.note('snapshot', name, new VaultDamaged(name, 'its tree has another number of items'));
    if (lacking.length === 0) return;
    this.report.problems.push({
      kind: 'snapshot',
      where: name,
      sentence: `${lacking.length} of ${items} items of this snapshot cannot be put together again.`,
      affectedItems: lacking.slice(0, affectedItemsMax),
    });
  }
}
