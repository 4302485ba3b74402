import { isAppError } from '#lib/core/errors.ts';
import { VaultDamaged } from './errors.ts';
import type { Keyring } from './format/keyring.ts';
import {
  type BlockPlace,
  blockHeaderBytes,
  decodePackHeader,
  decodeTrailer,
  openBlock,
  openFooter,
  type PackBlock,
  type PackSecrets,
  packHeaderBytes,
  packTrailerBytes,
} from './format/pack.ts';
import { openObject, sealedKeyVersion } from './format/sealed.ts';
import {
  decodeSegment,
  type Segment,
  type SegmentPack,
  segmentEntryBytes,
} from './format/segment.ts';
import { IdMaker, shortIdBytes } from './ids.ts';
import { indexEntries } from './ingest/packer.ts';
import { ObjectIndex, type Place } from './object-index.ts';
import { release } from './release.ts';
import type { Target } from './targets/target.ts';

export function packName(packId: Uint8Array): string {
  const hex = Buffer.from(packId).toString('hex');
  return `packs/${hex.slice(0, 2)}/${hex}`;
}

/** A pack that no segment covers: a process ended between pack and segment, or is there now. */
export interface LoosePack {
  name: string;
  pack: SegmentPack;
  entries: Buffer;
  /** Items and pages that do not count yet. */
  waiting: number;
}

/** An item or page of a loose pack that leans on something that is not on the target. */
interface LooseEntry {
  loose: LoosePack;
  row: Buffer;
  refs: readonly Uint8Array[];
}

/** Footers that are in memory at a time. */
const footersAtOnce = 64;

/** Opened blocks kept for the next object in them. */
const blockCacheBytes = 32 * 1024 * 1024;
const loneBlockBytes = 256 * 1024;

/**
 * One vault on its target, opened: keys, the index of what is where, and the reading of objects.
 * It never writes.
 */
export class Store {
  readonly target: Target;
  readonly keyring: Keyring;
  readonly ids: IdMaker;
  index = new ObjectIndex();
  packs: SegmentPack[] = [];
  private packNumbers = new Map<string, number>();
  /** Segments that were loaded and are not replaced, with their sizes on the target. */
  private segments = new Map<string, number>();
  private replaced = new Set<string>();
  private retired = new Set<string>();
  private readonly cache = new Map<string, Buffer>();
  private cachedBytes = 0;
  private refreshing: Promise<void> | null = null;
  private nextRefresh: Promise<void> | null = null;
  private loose: LoosePack[] = [];
  private waiting: LooseEntry[] = [];
  /** Names of packs that a segment covers. */
  private covered = new Set<string>();

  constructor(target: Target, keyring: Keyring) {
    this.target = target;
    this.keyring = keyring;
    this.ids = new IdMaker(keyring.idKey);
  }

  /** The newest data key: what is written now is closed with it. */
  get secrets(): PackSecrets {
    return this.secretsOf(this.keyring.dataKeys.at(-1)!.version, 'the keyring');
  }

  secretsOf(version: number, where: string): PackSecrets {
    const found = this.keyring.dataKeys.find((dataKey) => dataKey.version === version);
    if (found === undefined)
      throw new VaultDamaged(where, `it asks for data key ${version}, which the keyring lacks`);
    return { vaultId: this.keyring.vaultId, dataKey: found.key, dataKeyVersion: version };
  }

  /**
   * Learns everything anew and forgets what writers of this process had claimed. Readers go on
   * meanwhile: the old index stays until the new one is complete.
   */
  async reload(): Promise<void> {
    const fresh = new Store(this.target, this.keyring);
    await fresh.refresh();
    this.index = fresh.index;
    this.packs = fresh.packs;
    this.packNumbers = fresh.packNumbers;
    this.segments = fresh.segments;
    this.replaced = fresh.replaced;
    this.retired = fresh.retired;
    this.covered = fresh.covered;
    this.loose = fresh.loose;
    this.waiting = fresh.waiting;
  }

  /**
   * Learns what other processes have added before the call. One that is under way may have looked
   * too early, so calls that come meanwhile share the next.
   */
  refresh(): Promise<void> {
    if (this.refreshing === null) {
      this.refreshing = this.learn().finally(() => {
        this.refreshing = null;
      });
      return this.refreshing;
    }
    this.nextRefresh ??= this.refreshing
      .catch(() => {})
      .then(() => {
        this.nextRefresh = null;
        return this.refresh();
      });
    return this.nextRefresh;
  }

  private async learn(): Promise<void> {
    const found: Array<{ name: string; size: number }> = [];
    const seen = (name: string) => this.segments.has(name) || this.replaced.has(name);
    for await (const entry of this.target.list('index/', seen)) found.push(entry);
    // The largest first: what a merged segment replaces need not be loaded.
    found.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
    const fresh: Array<Segment & { name: string; size: number }> = [];
    const superfluous = new Set<string>();
    for (const { name, size } of found) {
      if (superfluous.has(name)) continue;
      try {
        const segment = await this.loadSegment(name);
        fresh.push({ name, size, ...segment });
        for (const old of segment.replaces) superfluous.add(old);
      } catch (err) {
        // An index can always be made again from the packs, so a damaged one only costs time here;
        // verify reports it.
        if (!isAppError(err, 'vault.damaged') && !isAppError(err, 'not-found')) throw err;
      }
    }
    // Nothing is noted before all is read: what failed half-way is read again.
    for (const { name, size, replaces, retired } of fresh) {
      this.segmentKnown(name, size, replaces);
      for (const packId of retired) this.retired.add(packName(packId));
    }
    for (const segment of fresh) {
      this.adopt(segment.packs, segment.entries);
      for (const pack of segment.packs) this.covered.add(packName(pack.packId));
    }
    this.loose = this.loose.filter(({ name }) => !this.covered.has(name));
    this.waiting = this.waiting.filter(({ loose }) => !this.covered.has(loose.name));
    let footers: Array<{ name: string; pack: SegmentPack; blocks: PackBlock[] }> = [];
    const take = async () => {
      // Their writer may have died before it made them last; what is reused must outlive a power cut.
      await this.target.abilities.settle?.(footers.map(({ name }) => name));
      for (const { name, pack, blocks } of footers) this.adoptLoose(name, pack, blocks);
      footers = [];
    };
    const known = (name: string) => this.packNumbers.has(name) || this.retired.has(name);
    for await (const { name, size } of this.target.list('packs/', known)) {
      try {
        footers.push({ name, ...(await this.loadFooter(name, size)) });
      } catch (err) {
        if (!isAppError(err, 'vault.damaged')) throw err;
      }
      if (footers.length >= footersAtOnce) await take();
    }
    await take();
    for (let before = -1; this.waiting.length !== before; ) {
      before = this.waiting.length;
      this.waiting = this.waiting.filter((entry) => !this.adoptWhole(entry));
    }
  }

  private adoptLoose(name: string, pack: SegmentPack, blocks: readonly PackBlock[]): void {
    const entries = indexEntries(blocks);
    const loose: LoosePack = { name, pack, entries, waiting: 0 };
    this.loose.push(loose);
    const leaning: LooseEntry[] = [];
    const free: Buffer[] = [];
    for (const [number, { refs }] of blocks.flatMap((block) => block.entries).entries()) {
      const row = entries.subarray(number * segmentEntryBytes, (number + 1) * segmentEntryBytes);
      if (refs.length === 0) free.push(row);
      else leaning.push({ loose, row, refs });
    }
    this.adopt([pack], Buffer.concat(free));
    loose.waiting = leaning.length;
    for (const entry of leaning) if (!this.adoptWhole(entry)) this.waiting.push(entry);
  }

  /**
   * Makes an item or page of a pack without a segment known once everything that it leans on is:
   * whoever had the rest in memory may have died with it, so until then whoever needs it stores it
   * anew.
   */
  private adoptWhole({ loose, row, refs }: LooseEntry): boolean {
    if (!refs.every((ref) => this.has(Buffer.from(ref)))) return false;
    this.adopt([loose.pack], row);
    loose.waiting--;
    return true;
  }

  /** Packs that no segment covers and one may, each handed out once. */
  takeLoose(): LoosePack[] {
    const whole = this.loose.filter(({ waiting }) => waiting === 0);
    this.loose = this.loose.filter(({ waiting }) => waiting > 0);
    return whole;
  }

  /** True for packs that a segment has taken out of use. */
  isRetired(name: string): boolean {
    return this.retired.has(name);
  }

  async loadSegment(name: string): Promise<Segment> {
    const bytes = await this.target.get(name);
    const secrets = this.secretsOf(sealedKeyVersion(bytes, name), name);
    return decodeSegment(openObject(secrets, name, bytes), name);
  }

  /** Notes a segment that was loaded or written, so that it is not loaded again. */
  segmentKnown(name: string, size: number, replaces: readonly string[]): void {
    this.segments.set(name, size);
    for (const old of replaces) {
      this.segments.delete(old);
      this.replaced.add(old);
    }
  }

  /** Segments of at most `sizeMax` bytes that nothing replaces yet. */
  smallSegments(sizeMax: number): string[] {
    return [...this.segments].filter(([, size]) => size <= sizeMax).map(([name]) => name);
  }

  /** Reads a pack's own description. */
  async loadFooter(
    name: string,
    size: number,
  ): Promise<{ pack: SegmentPack; blocks: PackBlock[] }> {
    if (size < packHeaderBytes + packTrailerBytes) throw new VaultDamaged(name, 'it is cut off');
    const header = await this.target.get(name, { offset: 0, length: packHeaderBytes });
    const { packId, dataKeyVersion } = decodePackHeader(header, name);
    if (packName(packId) !== name)
      throw new VaultDamaged(name, 'it carries the id of another pack');
    const secrets = this.secretsOf(dataKeyVersion, name);
    const trailer = await this.target.get(name, {
      offset: size - packTrailerBytes,
      length: packTrailerBytes,
    });
    const { offset, length } = decodeTrailer(trailer, size, name);
    const footer = await this.target.get(name, { offset, length });
    const blocks = openFooter(secrets, packId, footer, offset, name);
    return { pack: { packId, dataKeyVersion, size, blocks }, blocks };
  }

  /** Makes packs and their objects known. `entries` number the blocks over all these packs. */
  adopt(packs: readonly SegmentPack[], entries: Buffer): void {
    const owners: Array<[pack: number, block: number] | null> = [];
    for (const pack of packs) {
      const name = packName(pack.packId);
      if (this.retired.has(name)) {
        for (const _ of pack.blocks) owners.push(null);
        continue;
      }
      let number = this.packNumbers.get(name);
      if (number === undefined) {
        number = this.packs.length;
        this.packs.push(pack);
        this.packNumbers.set(name, number);
      }
      for (let block = 0; block < pack.blocks.length; block++) owners.push([number, block]);
    }
    for (let at = 0; at < entries.length; at += segmentEntryBytes) {
      const owner = owners[entries.readUInt32LE(at + shortIdBytes)]!;
      if (owner === null) continue;
      const [pack, block] = owner;
      const offset = entries.readUInt32LE(at + 20);
      const length = entries.readUInt32LE(at + 24);
      this.index.place(entries.subarray(at, at + shortIdBytes), { pack, block, offset, length });
    }
  }

  has(id: Buffer): boolean {
    return this.index.locate(id) !== null;
  }

  /** Name of the pack in which an object lies; null when it is not on the target. */
  packOf(id: Buffer): string | null {
    const place = this.index.locate(id);
    return place && packName(this.packs[place.pack]!.packId);
  }

  /**
   * The bytes of an object, a view into an opened block.
   * @param id at least the short id
   */
  async object(id: Buffer, what: string): Promise<Buffer> {
    let place = this.index.locate(id);
    if (place === null) {
      // Another process may have written it after we looked.
      await this.refresh();
      place = this.index.locate(id);
    }
    if (place === null) throw new VaultDamaged(what, 'a part of it is not in the vault');
    return this.read(this.packs[place.pack]!, place);
  }

  /** Frees the opened blocks that were kept for the next object in them. */
  forgetBlocks(): void {
    this.cache.clear();
    this.cachedBytes = 0;
  }

  private async read(pack: SegmentPack, place: Place): Promise<Buffer> {
    // A block that holds one object is read for that object alone: nothing comes back for it soon.
    const alone = pack.blocks[place.block]?.rawLength === place.length;
    if (alone && place.length >= loneBlockBytes) return this.openBlock(pack, place.block);
    const block = await this.block(pack, place.block);
    if (place.offset + place.length > block.length)
      throw new VaultDamaged(packName(pack.packId), 'the index points outside a block');
    return block.subarray(place.offset, place.offset + place.length);
  }

  private async block(pack: SegmentPack, block: number): Promise<Buffer> {
    const key = `${Buffer.from(pack.packId).toString('latin1')}${block}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) {
      this.cache.delete(key);
      this.cache.set(key, cached);
      return cached;
    }
    const opened = await this.openBlock(pack, block);
    if (!this.cache.has(key)) {
      this.cache.set(key, opened);
      this.cachedBytes += opened.length;
      for (const [oldest, bytes] of this.cache) {
        if (this.cachedBytes <= blockCacheBytes || oldest === key) break;
        this.cache.delete(oldest);
        this.cachedBytes -= bytes.length;
      }
    }
    return opened;
  }

  /** One range read, opened and checked; nothing is cached. */
  async openBlock(pack: SegmentPack, block: number): Promise<Buffer> {
    const name = packName(pack.packId);
    const place: BlockPlace | undefined = pack.blocks[block];
    if (place === undefined) throw new VaultDamaged(name, `it has no block ${block}`);
    let bytes: Buffer;
    try {
      bytes = await this.target.get(name, {
        offset: place.offset,
        length: blockHeaderBytes + place.storedLength,
      });
    } catch (err) {
      if (isAppError(err, 'not-found')) throw new VaultDamaged(name, 'the pack is missing', err);
      throw err;
    }
    const secrets = this.secretsOf(pack.dataKeyVersion, name);
    const opened = openBlock(secrets, pack.packId, block, place, bytes, name);
    release(bytes);
    return opened;
  }
}
