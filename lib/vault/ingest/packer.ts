import { randomBytes } from 'node:crypto';
import { codecs, compress, decompress } from '#lib/vault/compression.ts';
import { tagBytes } from '#lib/vault/encryption.ts';
import {
  type BlockKind,
  encodePackHeader,
  type PackBlock,
  type PackEntry,
  type PackSecrets,
  packIdBytes,
  packKey,
  sealBlock,
  sealFooter,
} from '#lib/vault/format/pack.ts';
import { type SegmentPack, segmentEntryBytes } from '#lib/vault/format/segment.ts';
import { shortIdBytes } from '#lib/vault/ids.ts';
import { release } from '#lib/vault/release.ts';
import { Slabs } from './slabs.ts';

/** A finished pack, ready for the target. `slabs` go back to the packer when it is written. */
export interface FinishedPack {
  slabs: ArrayBuffer[];
  /** Bytes of the pack without its footer, which lies behind them. */
  bodyLength: number;
  footer: Uint8Array;
  pack: SegmentPack;
  /** Entries as a segment wants them, with block numbers counted within this pack. */
  entries: Uint8Array;
  leansOn: LeansOn;
}

/** Short ids of what a pack's items and pages point to, wherever that lies. */
export interface LeansOn {
  objects: Uint8Array;
  itemsAndPages: Uint8Array;
}

/** A pack is closed when it is this long or a flush comes. */
const packSizeBytes = 31 * 1024 * 1024;
const solidBlockBytes = 1024 * 1024;
/** Objects from here on get a block of their own: nothing beside them is read with them. */
const ownBlockBytes = 256 * 1024;

/** Streams that are collected side by side. `raw` holds binaries that do not compress. */
type Shelf = BlockKind | 'raw';

class Accumulator {
  readonly buffer = Buffer.allocUnsafeSlow(solidBlockBytes + ownBlockBytes);
  used = 0;
  entries: PackEntry[] = [];

  add(entry: PackEntry, bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    this.entries.push(entry);
  }
}

/**
 * Collects objects into solid blocks and blocks into packs. Synchronous and without I/O: `emit`
 * takes finished packs. Lives in a worker thread.
 */
export class Packer {
  private readonly secrets: PackSecrets;
  private readonly emit: (pack: FinishedPack) => void;
  private readonly shelves = new Map<Shelf, Accumulator>();
  private readonly slabs = new Slabs();
  private packId: Buffer = Buffer.alloc(0);
  private key: Buffer = Buffer.alloc(0);
  private blocks: PackBlock[] = [];

  constructor(secrets: PackSecrets, emit: (pack: FinishedPack) => void) {
    this.secrets = secrets;
    this.emit = emit;
  }

  /** Memory of a pack that has been written, to be used again. */
  giveBack(slabs: readonly ArrayBuffer[]): void {
    this.slabs.giveBack(slabs);
  }

  /** @param incompressible true when the bytes are known not to compress */
  add(kind: BlockKind, entry: PackEntry, bytes: Uint8Array, incompressible: boolean): void {
    if (bytes.length >= ownBlockBytes) {
      this.addBlock(kind, [entry], bytes, incompressible);
      return;
    }
    const shelf: Shelf = incompressible ? 'raw' : kind;
    let accumulator = this.shelves.get(shelf);
    if (accumulator === undefined) {
      accumulator = new Accumulator();
      this.shelves.set(shelf, accumulator);
    }
    accumulator.add(entry, bytes);
    if (accumulator.used >= solidBlockBytes) this.close(shelf, accumulator);
  }

  /** Everything collected becomes a pack; nothing stays behind. */
  flush(): void {
    for (const [shelf, accumulator] of this.shelves) this.close(shelf, accumulator);
    this.finish();
  }

  private close(shelf: Shelf, accumulator: Accumulator): void {
    if (accumulator.entries.length === 0) return;
    const bytes = accumulator.buffer.subarray(0, accumulator.used);
    const kind = shelf === 'raw' ? 'binary' : shelf;
    this.addBlock(kind, accumulator.entries, bytes, shelf === 'raw');
    accumulator.used = 0;
    accumulator.entries = [];
  }

  private addBlock(
    kind: BlockKind,
    entries: PackEntry[],
    bytes: Uint8Array,
    incompressible: boolean,
  ): void {
    let payload = bytes;
    let codec: number = codecs.stored;
    if (!incompressible && bytes.length > 64) {
      const packed = compress(bytes);
      if (packed.length < bytes.length * 0.97) {
        // A compressor that errs must not be found out at the restore.
        const again = decompress(packed, bytes.length, 'a new block');
        if (!again.equals(bytes)) throw new Error('zstd does not give back what it was given');
        release(again);
        payload = packed;
        codec = codecs.zstd;
      } else release(packed);
    }
    if (this.blocks.length === 0) this.begin();
    const number = this.blocks.length;
    const offset = this.slabs.length;
    const block = { number, kind, codec, rawLength: bytes.length, payload };
    for (const piece of sealBlock(this.secrets, this.packId, this.key, block)) {
      this.slabs.append(piece);
      release(piece);
    }
    const payloadLength = payload.length;
    if (codec === codecs.zstd) release(payload);
    const storedLength = payloadLength + tagBytes;
    this.blocks.push({ kind, codec, offset, rawLength: bytes.length, storedLength, entries });
    if (this.slabs.length >= packSizeBytes) this.finish();
  }

  private begin(): void {
    this.packId = randomBytes(packIdBytes);
    this.key = packKey(this.secrets, this.packId);
    this.slabs.append(encodePackHeader(this.packId, this.secrets.dataKeyVersion));
  }

  private finish(): void {
    if (this.blocks.length === 0) return;
    const footer = sealFooter(this.secrets, this.packId, this.key, this.blocks);
    const bodyLength = this.slabs.length;
    this.emit({
      slabs: this.slabs.take(),
      bodyLength,
      footer,
      pack: {
        packId: this.packId,
        dataKeyVersion: this.secrets.dataKeyVersion,
        size: bodyLength + footer.length,
        blocks: this.blocks.map(({ kind, codec, offset, rawLength, storedLength }) => ({
          kind,
          codec,
          offset,
          rawLength,
          storedLength,
        })),
      },
      entries: indexEntries(this.blocks),
      leansOn: { objects: refsOf(this.blocks, 'item'), itemsAndPages: refsOf(this.blocks, 'page') },
    });
    this.blocks = [];
  }
}

function refsOf(blocks: readonly PackBlock[], kind: PackEntry['kind']): Buffer {
  const refs = new Set<string>();
  for (const block of blocks)
    for (const entry of block.entries)
      if (entry.kind === kind)
        for (const ref of entry.refs)
          refs.add(
            Buffer.from(ref.buffer, ref.byteOffset, ref.length).toString('latin1', 0, shortIdBytes),
          );
  return Buffer.from([...refs].join(''), 'latin1');
}

/** What an index keeps of a pack's blocks: 28 bytes for each object. */
export function indexEntries(blocks: readonly PackBlock[]): Buffer {
  const count = blocks.reduce((sum, block) => sum + block.entries.length, 0);
  const out = Buffer.allocUnsafeSlow(count * segmentEntryBytes);
  let at = 0;
  blocks.forEach((block, number) => {
    let offset = 0;
    for (const entry of block.entries) {
      out.set(entry.id.subarray(0, shortIdBytes), at);
      out.writeUInt32LE(number, at + 16);
      out.writeUInt32LE(offset, at + 20);
      out.writeUInt32LE(entry.length, at + 24);
      offset += entry.length;
      at += segmentEntryBytes;
    }
  });
  return out;
}
