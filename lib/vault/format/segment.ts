import { shortIdBytes } from '#lib/vault/ids.ts';
import {
  type BlockKind,
  type BlockPlace,
  blockHeaderBytes,
  blockKinds,
  blockLengthMax,
  packHeaderBytes,
  packIdBytes,
} from './pack.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** An index segment (FORMAT.md §6): where the objects of some packs are, sorted by short id. */

export const segmentEntryBytes = 28;
/** Entries in one sealed section, so that a reader may fetch one section instead of the whole. */
const entriesPerSection = 4096;

export interface SegmentPack {
  packId: Uint8Array;
  /** Version of the data key that closes it. */
  dataKeyVersion: number;
  /** Length of the whole pack in bytes. */
  size: number;
  blocks: BlockPlace[];
}

export interface Segment {
  packs: SegmentPack[];
  /** Names of segments that this one makes superfluous. */
  replaces: string[];
  /** Ids of packs that no longer count, whatever any segment says about them. */
  retired: Uint8Array[];
  /**
   * 28 bytes each, sorted by id: short id (16), number of the block counted over all packs of the
   * segment (u32), offset in the opened block (u32), length (u32).
   */
  entries: Buffer;
}

const kindOf = new Map<number, BlockKind>(
  (['record', 'text', 'binary', 'page'] as const).map((kind) => [blockKinds[kind], kind]),
);

/** The sections of a segment: the head, then the entries. */
export function encodeSegment(segment: Segment): Buffer[] {
  const head = new ByteWriter(16 * 1024);
  head.varint(segment.packs.length);
  for (const pack of segment.packs) {
    head.raw(pack.packId).varint(pack.dataKeyVersion).varint(pack.size);
    head.varint(pack.blocks.length);
    for (const block of pack.blocks) {
      head.u8(blockKinds[block.kind]).u8(block.codec);
      head.varint(block.rawLength).varint(block.storedLength);
    }
  }
  head.varint(segment.replaces.length);
  for (const name of segment.replaces) head.text(name);
  head.varint(segment.retired.length);
  for (const packId of segment.retired) head.raw(packId);
  head.varint(segment.entries.length / segmentEntryBytes);
  const sections = [head.take()];
  const step = entriesPerSection * segmentEntryBytes;
  for (let at = 0; at < segment.entries.length; at += step)
    sections.push(segment.entries.subarray(at, at + step));
  return sections;
}

export function decodeSegment(sections: readonly Uint8Array[], where: string): Segment {
  const [first, ...rest] = sections;
  const read = new ByteReader(first ?? Buffer.alloc(0), where);
  const packs: SegmentPack[] = [];
  const lengths: number[] = [];
  for (let left = read.count(packIdBytes + 3); left > 0; left--) {
    const packId = Buffer.from(read.raw(packIdBytes));
    const dataKeyVersion = read.varint(0xffffffff);
    const size = read.varint();
    const blocks: BlockPlace[] = [];
    let offset = packHeaderBytes;
    for (let count = read.count(4); count > 0; count--) {
      const kind = kindOf.get(read.u8()) ?? read.fail('it names an unknown kind of block');
      const codec = read.u8();
      const rawLength = read.varint(blockLengthMax);
      const storedLength = read.varint(size);
      blocks.push({ kind, codec, offset, rawLength, storedLength });
      lengths.push(rawLength);
      offset += blockHeaderBytes + storedLength;
    }
    packs.push({ packId, dataKeyVersion, size, blocks });
  }
  const replaces: string[] = [];
  for (let left = read.count(1); left > 0; left--) replaces.push(read.text());
  const retired: Buffer[] = [];
  for (let left = read.count(packIdBytes); left > 0; left--) retired.push(read.raw(packIdBytes));
  const count = read.varint();
  read.end();
  const entries = Buffer.concat(rest);
  if (entries.length !== count * segmentEntryBytes) read.fail('entries are missing');
  for (let at = 0; at < entries.length; at += segmentEntryBytes) {
    const block = lengths[entries.readUInt32LE(at + shortIdBytes)];
    const end = entries.readUInt32LE(at + 20) + entries.readUInt32LE(at + 24);
    if (block === undefined || end > block) read.fail('an entry points outside its block');
  }
  return { packs, replaces, retired, entries };
}

/** Sorts entries by id; the order is what makes a segment searchable without loading it. */
export function sortEntries(entries: Buffer): Buffer {
  const count = entries.length / segmentEntryBytes;
  const order = Array.from({ length: count }, (_, index) => index * segmentEntryBytes);
  order.sort((a, b) => {
    const first = entries.readUInt32BE(a) - entries.readUInt32BE(b);
    return first !== 0 ? first : entries.compare(entries, b, b + shortIdBytes, a, a + shortIdBytes);
  });
  const sorted = Buffer.allocUnsafeSlow(entries.length);
  order.forEach((from, index) => {
    entries.copy(sorted, index * segmentEntryBytes, from, from + segmentEntryBytes);
  });
  return sorted;
}
