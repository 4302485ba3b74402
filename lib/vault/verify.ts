import { isAppError } from '#lib/core/errors.ts';
import { VaultDamaged } from './errors.ts';
import type { PackBlock } from './format/pack.ts';
import { decodeRow } from './format/page.ts';
import { idBytes } from './ids.ts';
import { pageSource, readRecord, rebuild, rootOf } from './reader.ts';
import { loadSnapshotByName, snapshotNames } from './snapshots.ts';
import type { Store } from './store.ts';
import { treeRows } from './tree.ts';

export interface VerifyProgress {
  /** Packs looked at, of how many. */
  packs: number;
  of: number;
  items: number;
}

export interface VerifyOptions {
  /** Also open every block and put every item together again. */
  deep: boolean;
  onProgress?(progress: VerifyProgress): void;
  signal?: AbortSignal;
}

export interface VerifyProblem {
  kind: 'pack' | 'index' | 'item' | 'snapshot';
  /** Name on the target, or the item. */
  where: string;
  sentence: string;
  /** Refs of items that cannot be put together, as far as that is known; at most 1,000. */
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

export async function verifyStore(store: Store, options: VerifyOptions): Promise<VerifyReport> {
  await store.refresh();
  const report: VerifyReport = {
    packs: 0,
    blocks: 0,
    objects: 0,
    items: 0,
    snapshots: 0,
    bytes: 0,
    problems: [],
  };
  const note = (kind: VerifyProblem['kind'], where: string, err: unknown): VerifyProblem => {
    if (!isAppError(err, 'vault.damaged') && !isAppError(err, 'not-found')) throw err;
    const problem: VerifyProblem = { kind, where, sentence: err.message, affectedItems: [] };
    report.problems.push(problem);
    return problem;
  };
  const items = new Set<string>();
  const names: Array<{ name: string; size: number }> = [];
  for await (const entry of store.target.list('packs/')) names.push(entry);
  for (const { name, size } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    options.signal?.throwIfAborted();
    report.packs++;
    report.bytes += size;
    options.onProgress?.({ packs: report.packs, of: names.length, items: items.size });
    try {
      const { pack, blocks } = await store.loadFooter(name, size);
      count(report, blocks, items);
      if (options.deep) {
        for (let block = 0; block < blocks.length; block++) {
          options.signal?.throwIfAborted();
          try {
            checkObjects(store, blocks[block]!, await store.openBlock(pack, block), name);
          } catch (err) {
            note('pack', `${name}, block ${block}`, err);
          }
        }
      }
    } catch (err) {
      note('pack', name, err);
    }
  }
  for await (const { name } of store.target.list('index/')) {
    try {
      await store.loadSegment(name);
    } catch (err) {
      note('index', name, err);
    }
  }
  report.items = items.size;
  const broken = new Set<string>();
  if (options.deep) {
    for (const ref of items) {
      options.signal?.throwIfAborted();
      try {
        await checkItem(store, ref);
      } catch (err) {
        broken.add(ref);
        note('item', `item ${ref}`, err).affectedItems.push(ref);
      }
    }
  }
  for (const name of await snapshotNames(store)) {
    options.signal?.throwIfAborted();
    report.snapshots++;
    try {
      const { info } = await loadSnapshotByName(store, name);
      const missing: string[] = [];
      for await (const row of treeRows(pageSource(store), store.ids, rootOf(info))) {
        const { ref } = decodeRow(row, name);
        if (!items.has(ref) || broken.has(ref)) missing.push(ref);
      }
      if (missing.length > 0)
        report.problems.push({
          kind: 'snapshot',
          where: name,
          sentence: `${missing.length} items of the snapshot cannot be put together again.`,
          affectedItems: missing.slice(0, 1000),
        });
    } catch (err) {
      note('snapshot', name, err);
    }
  }
  return report;
}

function count(report: VerifyReport, blocks: readonly PackBlock[], items: Set<string>): void {
  report.blocks += blocks.length;
  for (const block of blocks) {
    for (const entry of block.entries) {
      if (entry.kind === 'object') report.objects++;
      if (entry.kind === 'item') items.add(Buffer.from(entry.id).toString('hex', 0, idBytes));
    }
  }
}

/** Every object of a block must have the id its pack says. */
function checkObjects(store: Store, block: PackBlock, bytes: Buffer, where: string): void {
  let offset = 0;
  for (const entry of block.entries) {
    const object = bytes.subarray(offset, offset + entry.length);
    offset += entry.length;
    if (entry.kind === 'item') continue;
    if (!store.ids.of(entry.kind, object).equals(entry.id))
      throw new VaultDamaged(where, 'an object in it has another id than the footer says');
  }
}

async function checkItem(store: Store, ref: string): Promise<void> {
  const record = await readRecord(store, Buffer.from(ref, 'hex'));
  let literals = 0;
  for (const body of [record.readable, record.stream]) {
    if (body === null) continue;
    for await (const _ of rebuild(store, ref, record, body, literals));
    for (const step of body.steps) if (step.kind !== 'objects') literals += step.length;
  }
}
