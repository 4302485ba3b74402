import { idBytes } from '#lib/vault/ids.ts';
import type { ItemRow } from '#lib/vault/rows.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** Pages of a snapshot's tree (FORMAT.md §8). One set of rows has exactly one spelling. */

const version = 1;
/** More levels than any mailbox needs; deeper is damage, not data. */
export const levelMax = 12;

/** A row as it lies in a leaf: key for ordering, the rest only opened when somebody looks. */
export interface LeafRow {
  key: Buffer;
  value: Buffer;
}

export interface Child {
  /** Greatest key below the child. */
  lastKey: Buffer;
  id: Buffer;
  items: number;
  bytes: number;
}

export type Page = { level: 0; rows: LeafRow[] } | { level: number; children: Child[] };

export function encodeLeaf(rows: readonly LeafRow[]): Buffer {
  const out = new ByteWriter(8192).u8(version).u8(0).varint(rows.length);
  for (const row of rows)
    out.varint(row.key.length).raw(row.key).varint(row.value.length).raw(row.value);
  return out.take();
}

export function encodeInner(level: number, children: readonly Child[]): Buffer {
  const out = new ByteWriter(8192).u8(version).u8(level).varint(children.length);
  for (const child of children) {
    out.varint(child.lastKey.length).raw(child.lastKey).raw(child.id);
    out.varint(child.items).varint(child.bytes);
  }
  return out.take();
}

export function decodePage(bytes: Uint8Array, where: string): Page {
  const read = new ByteReader(bytes, where);
  if (read.u8() !== version) read.fail('a page of it has another version');
  const level = read.u8();
  if (level > levelMax) read.fail('a page of it is too deep');
  const ordered = (previous: Buffer | null, key: Buffer) => {
    if (previous !== null && previous.compare(key) >= 0)
      read.fail('the keys of a page are not in order');
    return key;
  };
  let last: Buffer | null = null;
  if (level === 0) {
    const rows: LeafRow[] = [];
    for (let left = read.count(2); left > 0; left--) {
      const key = ordered(last, read.raw(read.varint(read.left)));
      rows.push({ key, value: read.raw(read.varint(read.left)) });
      last = key;
    }
    read.end();
    return { level: 0, rows };
  }
  const children: Child[] = [];
  for (let left = read.count(idBytes + 3); left > 0; left--) {
    const lastKey = ordered(last, read.raw(read.varint(read.left)));
    const id = read.raw(idBytes);
    children.push({ lastKey, id, items: read.varint(), bytes: read.varint() });
    last = lastKey;
  }
  read.end();
  return { level, children };
}

export function encodeRow(row: ItemRow): LeafRow {
  const out = new ByteWriter(512).u8(row.at === null ? 0 : 1);
  out.raw(Buffer.from(row.ref, 'hex')).varint(row.bytes);
  for (const text of [row.folderId, row.kind, row.itemClass, row.contentId, row.changeKey])
    out.text(text);
  out.text(row.subject).text(row.sender);
  if (row.at !== null) out.text(row.at);
  out.varint(row.categories.length);
  for (const category of row.categories) out.text(category);
  return { key: Buffer.from(row.key, 'utf8'), value: out.take() };
}

export function decodeRow(row: LeafRow, where: string): ItemRow {
  const read = new ByteReader(row.value, where);
  const dated = read.u8();
  const ref = read.raw(idBytes).toString('hex');
  const bytes = read.varint();
  const folderId = read.text();
  const kind = read.text();
  const itemClass = read.text();
  const contentId = read.text();
  const changeKey = read.text();
  const subject = read.text();
  const sender = read.text();
  const at = dated === 1 ? read.text() : null;
  const categories: string[] = [];
  for (let left = read.count(1); left > 0; left--) categories.push(read.text());
  read.end();
  const key = row.key.toString('utf8');
  return {
    key,
    folderId,
    kind,
    itemClass,
    ref,
    contentId,
    changeKey,
    subject,
    sender,
    at,
    bytes,
    categories,
  };
}

/** Id of the item record that a row names, without opening the rest. */
export function rowRef(row: LeafRow): Buffer {
  return row.value.subarray(1, 1 + idBytes);
}

/** Size of the item that a row names, likewise. */
export function rowBytes(row: LeafRow): number {
  const read = new ByteReader(row.value, 'a row');
  read.raw(1 + idBytes);
  return read.varint();
}
