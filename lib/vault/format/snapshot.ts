import { idBytes } from '#lib/vault/ids.ts';
import type { FolderRow } from '#lib/vault/rows.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** The snapshot object (FORMAT.md §9): written last, it is what makes everything before it count. */

export interface SnapshotRecord {
  mailboxId: string;
  sequence: number;
  previous: string | null;
  takenAtMs: number;
  sessionId: string;
  epoch: number;
  root: Uint8Array;
  items: number;
  bytes: number;
  pagesWritten: number;
  note: Record<string, string>;
  folders: FolderRow[];
}

const version = 1;

function optionalText(out: ByteWriter, value: string | null): void {
  out.u8(value === null ? 0 : 1);
  if (value !== null) out.text(value);
}

function readOptionalText(read: ByteReader): string | null {
  return read.u8() === 0 ? null : read.text();
}

export function encodeSnapshot(snapshot: SnapshotRecord): Buffer {
  const out = new ByteWriter(4096).u8(version);
  out.text(snapshot.mailboxId).varint(snapshot.sequence);
  optionalText(out, snapshot.previous);
  out.varint(snapshot.takenAtMs).text(snapshot.sessionId).varint(snapshot.epoch);
  out.raw(snapshot.root).varint(snapshot.items).varint(snapshot.bytes);
  out.varint(snapshot.pagesWritten);
  const note = Object.entries(snapshot.note).sort(([a], [b]) => (a < b ? -1 : 1));
  out.varint(note.length);
  for (const [name, value] of note) out.text(name).text(value);
  out.varint(snapshot.folders.length);
  for (const folder of snapshot.folders) {
    out.text(folder.id).text(folder.name).text(folder.type);
    optionalText(out, folder.parentId);
    optionalText(out, folder.wellKnown);
  }
  return out.take();
}

export function decodeSnapshot(bytes: Uint8Array, where: string): SnapshotRecord {
  const read = new ByteReader(bytes, where);
  if (read.u8() !== version) read.fail('the snapshot has another version');
  const mailboxId = read.text();
  const sequence = read.varint(0xffffffff);
  const previous = readOptionalText(read);
  const takenAtMs = read.varint(8.64e15);
  const sessionId = read.text();
  const epoch = read.varint();
  const root = Buffer.from(read.raw(idBytes));
  const items = read.varint();
  const sum = read.varint();
  const pagesWritten = read.varint();
  const note: Record<string, string> = {};
  for (let left = read.count(2); left > 0; left--) {
    const name = read.text();
    Object.defineProperty(note, name, {
      value: read.text(),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  const folders: FolderRow[] = [];
  for (let left = read.count(5); left > 0; left--) {
    const id = read.text();
    const name = read.text();
    const type = read.text();
    const parentId = readOptionalText(read);
    folders.push({ id, parentId, name, type, wellKnown: readOptionalText(read) });
  }
  read.end();
  return {
    mailboxId,
    sequence,
    previous,
    takenAtMs,
    sessionId,
    epoch,
    root,
    items,
    bytes: sum,
    pagesWritten,
    note,
    folders,
  };
}
