import { VaultDamaged } from './errors.ts';
import {
  type Child,
  decodePage,
  encodeInner,
  encodeLeaf,
  type LeafRow,
  levelMax,
  type Page,
  rowBytes,
  rowRef,
} from './format/page.ts';
import { type IdMaker, sha256 } from './ids.ts';

/** Where pages come from and go to. */
export interface PageSource {
  page(id: Buffer): Promise<Buffer>;
}
export interface PageSink extends PageSource {
  /** Keeps a page unless it is there; says whether it was new. */
  keep(id: Buffer, bytes: Buffer, refs: Uint8Array[]): Promise<boolean>;
}

/** One page in so many ends at a key by chance of the key alone: a page's neighbours do not matter. */
const rowsPerPage = 32;
const pageRowsMax = 256;
const pageBytesMax = 256 * 1024;

export interface Root {
  id: Buffer;
  items: number;
  bytes: number;
}

export interface RowEdit {
  key: Buffer;
  /** Null removes the row. */
  value: Buffer | null;
}

async function load(source: PageSource, ids: IdMaker, id: Buffer): Promise<Page> {
  const where = `page ${id.toString('hex')}`;
  const bytes = await source.page(id);
  if (!ids.of('page', bytes).equals(id)) throw new VaultDamaged(where, 'its bytes have another id');
  return decodePage(bytes, where);
}

/** True where a page ends after this key. Depends on key and level only. */
function endsPage(key: Buffer, level: number): boolean {
  const digest = sha256(Buffer.concat([key, Buffer.of(level)]));
  return digest.readUInt32LE(0) % rowsPerPage === 0;
}

/** Every leaf of a tree in order, without opening it. */
async function* leaves(source: PageSource, ids: IdMaker, root: Root): AsyncIterable<Child> {
  const page = await load(source, ids, root.id);
  if ('rows' in page) {
    const last = page.rows.at(-1);
    if (last) yield { lastKey: last.key, id: root.id, items: page.rows.length, bytes: root.bytes };
    return;
  }
  yield* below(source, ids, page.children, page.level);
}

async function* below(
  source: PageSource,
  ids: IdMaker,
  children: readonly Child[],
  level: number,
): AsyncIterable<Child> {
  for (const child of children) {
    if (level === 1) yield child;
    else yield* below(source, ids, await innerOf(source, ids, child.id, level - 1), level - 1);
  }
}

async function innerOf(
  source: PageSource,
  ids: IdMaker,
  id: Buffer,
  level: number,
): Promise<Child[]> {
  const page = await load(source, ids, id);
  if (page.level !== level || !('children' in page))
    throw new VaultDamaged(`page ${id.toString('hex')}`, 'it stands on the wrong level');
  return page.children;
}

async function rowsOf(source: PageSource, ids: IdMaker, id: Buffer): Promise<LeafRow[]> {
  const page = await load(source, ids, id);
  if (!('rows' in page))
    throw new VaultDamaged(`page ${id.toString('hex')}`, 'it stands on the wrong level');
  return page.rows;
}

/** All rows in the order of their keys. */
export async function* treeRows(
  source: PageSource,
  ids: IdMaker,
  root: Root,
): AsyncIterable<LeafRow> {
  for await (const leaf of leaves(source, ids, root)) yield* await rowsOf(source, ids, leaf.id);
}

/** One row, by one page a level. */
export async function treeRow(
  source: PageSource,
  ids: IdMaker,
  root: Root,
  key: Buffer,
): Promise<LeafRow | null> {
  let id = root.id;
  for (let depth = 0; depth <= levelMax; depth++) {
    const page: Page = await load(source, ids, id);
    if ('rows' in page) return page.rows.find((row) => row.key.equals(key)) ?? null;
    const child = page.children.find((candidate) => candidate.lastKey.compare(key) >= 0);
    if (child === undefined) return null;
    id = child.id;
  }
  throw new VaultDamaged(`page ${root.id.toString('hex')}`, 'the tree has no bottom');
}

/** Builds pages from what comes in order; counts those that were new. */
class TreeWriter {
  private readonly sink: PageSink;
  private readonly ids: IdMaker;
  private rows: LeafRow[] = [];
  private rowBytes = 0;
  private readonly children: Child[] = [];
  pagesWritten = 0;

  constructor(sink: PageSink, ids: IdMaker) {
    this.sink = sink;
    this.ids = ids;
  }

  /** True when no row is waiting: then a whole leaf may be taken over as it is. */
  get aligned(): boolean {
    return this.rows.length === 0;
  }

  takeLeaf(leaf: Child): void {
    this.children.push(leaf);
  }

  async row(row: LeafRow): Promise<void> {
    this.rows.push(row);
    this.rowBytes += row.key.length + row.value.length;
    const full = this.rows.length >= pageRowsMax || this.rowBytes >= pageBytesMax;
    if (full || endsPage(row.key, 0)) await this.endLeaf();
  }

  private async endLeaf(): Promise<void> {
    if (this.rows.length === 0) return;
    const bytes = this.rows.reduce((sum, row) => sum + rowBytes(row), 0);
    const id = await this.keep(encodeLeaf(this.rows), this.rows.map(rowRef));
    const lastKey = this.rows.at(-1)!.key;
    this.children.push({ lastKey, id, items: this.rows.length, bytes });
    this.rows = [];
    this.rowBytes = 0;
  }

  private async keep(page: Buffer, refs: Uint8Array[]): Promise<Buffer> {
    const id = this.ids.of('page', page);
    if (await this.sink.keep(id, page, refs)) this.pagesWritten++;
    return id;
  }

  async finish(): Promise<Root> {
    await this.endLeaf();
    let nodes = this.children;
    if (nodes.length === 0) return { id: await this.keep(encodeLeaf([]), []), items: 0, bytes: 0 };
    for (let level = 1; nodes.length > 1; level++) {
      const above: Child[] = [];
      let group: Child[] = [];
      for (const node of nodes) {
        group.push(node);
        // Two at least, so that every level is smaller than the one below it.
        const ends = group.length > 1 && endsPage(node.lastKey, level);
        if (ends || group.length >= pageRowsMax) {
          above.push(await this.inner(level, group));
          group = [];
        }
      }
      if (group.length > 0) above.push(await this.inner(level, group));
      nodes = above;
    }
    const { id, items, bytes } = nodes[0]!;
    return { id, items, bytes };
  }

  private async inner(level: number, group: Child[]): Promise<Child> {
    const id = await this.keep(
      encodeInner(level, group),
      group.map((child) => child.id),
    );
    return {
      lastKey: group.at(-1)!.lastKey,
      id,
      items: group.reduce((sum, child) => sum + child.items, 0),
      bytes: group.reduce((sum, child) => sum + child.bytes, 0),
    };
  }
}

/**
 * A tree with some rows put and removed. Leaves that no edit touches are taken over unread, so the
 * work and the pages written are in proportion to the edits.
 * @param edits sorted by key, no key twice
 */
export async function editTree(
  sink: PageSink,
  ids: IdMaker,
  base: Root | null,
  edits: readonly RowEdit[],
): Promise<{ root: Root; pagesWritten: number }> {
  const writer = new TreeWriter(sink, ids);
  let next = 0;
  const apply = async (edit: RowEdit) => {
    if (edit.value !== null) await writer.row({ key: edit.key, value: edit.value });
  };
  if (base !== null) {
    for await (const leaf of leaves(sink, ids, base)) {
      const touched = next < edits.length && edits[next]!.key.compare(leaf.lastKey) <= 0;
      // The last leaf may have ended for want of rows; with more to come it must go on.
      const ended = next >= edits.length || endsPage(leaf.lastKey, 0) || leaf.items >= pageRowsMax;
      if (!touched && ended && writer.aligned) {
        writer.takeLeaf(leaf);
        continue;
      }
      for (const row of await rowsOf(sink, ids, leaf.id)) {
        while (next < edits.length && edits[next]!.key.compare(row.key) < 0)
          await apply(edits[next++]!);
        if (next < edits.length && edits[next]!.key.equals(row.key)) await apply(edits[next++]!);
        else await writer.row(row);
      }
    }
  }
  while (next < edits.length) await apply(edits[next++]!);
  const root = await writer.finish();
  return { root, pagesWritten: writer.pagesWritten };
}

/** Level of a tree's root. */
async function levelOf(source: PageSource, ids: IdMaker, root: Root): Promise<number> {
  return (await load(source, ids, root.id)).level;
}

/** Leaves that only one of two trees has: common subtrees are never opened. */
async function ownLeaves(
  source: PageSource,
  ids: IdMaker,
  a: Root,
  b: Root,
): Promise<[Buffer[], Buffer[]]> {
  const left = { level: await levelOf(source, ids, a), nodes: [a.id] };
  const right = { level: await levelOf(source, ids, b), nodes: [b.id] };
  const open = async (side: { level: number; nodes: Buffer[] }) => {
    const nodes: Buffer[] = [];
    for (const id of side.nodes)
      for (const child of await innerOf(source, ids, id, side.level)) nodes.push(child.id);
    side.nodes = nodes;
    side.level--;
  };
  for (;;) {
    if (left.level === right.level) {
      const mine = new Set(left.nodes.map((id) => id.toString('hex')));
      const theirs = new Set(right.nodes.map((id) => id.toString('hex')));
      left.nodes = left.nodes.filter((id) => !theirs.has(id.toString('hex')));
      right.nodes = right.nodes.filter((id) => !mine.has(id.toString('hex')));
      if (left.level === 0) return [left.nodes, right.nodes];
      await open(left);
      await open(right);
    } else await open(left.level > right.level ? left : right);
  }
}

/** What has to be put and removed to come from tree `a` to tree `b`. */
export async function* diffTrees(
  source: PageSource,
  ids: IdMaker,
  a: Root,
  b: Root,
): AsyncIterable<{ kind: 'put' | 'remove'; row: LeafRow }> {
  const [before, after] = await ownLeaves(source, ids, a, b);
  const rows = async function* (pages: Buffer[]) {
    for (const id of pages) yield* await rowsOf(source, ids, id);
  };
  const left = rows(before);
  const right = rows(after);
  let old = await left.next();
  let fresh = await right.next();
  while (!old.done || !fresh.done) {
    const order = old.done ? 1 : fresh.done ? -1 : old.value.key.compare(fresh.value.key);
    if (order < 0) {
      yield { kind: 'remove', row: old.value! };
      old = await left.next();
    } else if (order > 0) {
      yield { kind: 'put', row: fresh.value! };
      fresh = await right.next();
    } else {
      if (!old.value!.value.equals(fresh.value!.value)) yield { kind: 'put', row: fresh.value! };
      old = await left.next();
      fresh = await right.next();
    }
  }
}
