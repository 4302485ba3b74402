import { randomBytes } from 'node:crypto';
import { isAppError } from '#lib/core/errors.ts';
import { sealObject } from '#lib/vault/format/sealed.ts';
import {
  encodeSegment,
  type SegmentPack,
  segmentEntryBytes,
  sortEntries,
} from '#lib/vault/format/segment.ts';
import { shortIdBytes } from '#lib/vault/ids.ts';
import { packName, type Store } from '#lib/vault/store.ts';
import type { LeansOn } from './packer.ts';

/** A segment is read as a whole today: so many packs keep it at a few megabytes. */
const packsPerSegment = 256;
const segmentBytesMax = 64 * 1024 * 1024;
/** So many small segments are merged into one; merged ones that are larger are left alone. */
const segmentsMax = 64;
const mergedBytesMax = 8 * 1024 * 1024;

/** What a segment says, before it is sorted; blocks are numbered over all its packs. */
interface IndexPart {
  packs: SegmentPack[];
  retired: Uint8Array[];
  entries: Buffer;
}

interface LoosePart extends IndexPart {
  leansOn: LeansOn;
}

const nothing: LeansOn = { objects: new Uint8Array(0), itemsAndPages: new Uint8Array(0) };

/** Writes segments over packs that are on the target. */
export class SegmentWriter {
  private readonly store: Store;
  /** Packs that no segment covers yet. */
  private loose: LoosePart[];

  /** Begins with the packs that processes before this one left without a segment. */
  constructor(store: Store) {
    this.store = store;
    this.loose = store
      .takeLoose()
      .map(({ pack, entries }) => ({ packs: [pack], retired: [], entries, leansOn: nothing }));
  }

  add(pack: SegmentPack, entries: Buffer, leansOn: LeansOn): void {
    this.loose.push({ packs: [pack], retired: [], entries, leansOn });
  }

  /**
   * Covers the packs that were added before the call, but for those with items that lean on what
   * another thread still has in memory; they wait for the flush that brings it to the target.
   * @returns bytes written
   */
  async write(): Promise<number> {
    let bytes = 0;
    const standing = this.standing();
    while (standing.length > 0) {
      let entryBytes = 0;
      let count = 0;
      while (count < Math.min(standing.length, packsPerSegment) && entryBytes < segmentBytesMax)
        entryBytes += standing[count++]!.entries.length;
      const covered = standing.splice(0, count);
      bytes += await this.put(join(covered), []);
      this.loose = this.loose.filter((part) => !covered.includes(part));
    }
    return bytes + (await this.merge());
  }

  /** Packs of which everything that they lean on, and what that leans on, is on the target. */
  private standing(): LoosePart[] {
    const { store } = this;
    const names = new Map(this.loose.map((part) => [packName(part.packs[0]!.packId), part]));
    const standing = new Set(this.loose);
    const stands = ({ leansOn }: LoosePart) =>
      shortIds(leansOn.objects).every((id) => store.has(id)) &&
      shortIds(leansOn.itemsAndPages).every((id) => {
        const pack = store.packOf(id);
        return pack !== null && (!names.has(pack) || standing.has(names.get(pack)!));
      });
    for (let before = -1; standing.size !== before; ) {
      before = standing.size;
      for (const part of standing) if (!stands(part)) standing.delete(part);
    }
    return [...standing];
  }

  private async put(part: IndexPart, replaces: string[]): Promise<number> {
    const name = `index/${randomBytes(16).toString('hex')}`;
    const { packs, retired } = part;
    const entries = sortEntries(part.entries);
    const sections = encodeSegment({ packs, replaces, retired, entries });
    const object = sealObject(this.store.secrets, name, randomBytes(16), sections);
    await this.store.target.put(name, [object]);
    this.store.segmentKnown(name, object.length, replaces);
    return object.length;
  }

  /** Keeps the number of segments small: every session writes some, every opening reads them. */
  private async merge(): Promise<number> {
    const names = this.store.smallSegments(mergedBytesMax);
    if (names.length < segmentsMax) return 0;
    const parts: IndexPart[] = [];
    const merged: string[] = [];
    let entryBytes = 0;
    for (const name of names) {
      if (entryBytes >= segmentBytesMax) break;
      try {
        const part = await this.store.loadSegment(name);
        parts.push(part);
        merged.push(name);
        entryBytes += part.entries.length;
      } catch (err) {
        // A damaged one stays for verify to report.
        if (!isAppError(err, 'vault.damaged') && !isAppError(err, 'not-found')) throw err;
      }
    }
    return this.put(join(parts), merged);
  }
}

function shortIds(bytes: Uint8Array): Buffer[] {
  return Array.from({ length: bytes.length / shortIdBytes }, (_, number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + number * shortIdBytes, shortIdBytes),
  );
}

function join(parts: readonly IndexPart[]): IndexPart {
  let blocks = 0;
  const entries = parts.map((part) => {
    const moved = Buffer.from(part.entries);
    for (let at = shortIdBytes; at < moved.length; at += segmentEntryBytes)
      moved.writeUInt32LE(moved.readUInt32LE(at) + blocks, at);
    for (const pack of part.packs) blocks += pack.blocks.length;
    return moved;
  });
  return {
    packs: parts.flatMap((part) => part.packs),
    retired: parts.flatMap((part) => part.retired),
    entries: Buffer.concat(entries),
  };
}
