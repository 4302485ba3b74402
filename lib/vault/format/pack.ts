import { codecs, decompress } from '#lib/vault/compression.ts';
import { deriveKey, seal, tagBytes, unseal } from '#lib/vault/encryption.ts';
import { VaultDamaged } from '#lib/vault/errors.ts';
import { idBytes, shortIdBytes } from '#lib/vault/ids.ts';
import { release } from '#lib/vault/release.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** Pack bytes, as FORMAT.md §4 draws them. Pure: no I/O, no state. */

const packMagic = Buffer.from('HFPACK\r\n', 'latin1');
const packEnd = Buffer.from('HFPEND\r\n', 'latin1');
const blockMagic = 0x314b4248; // "HBK1"
const footerNumber = 0xffffffff;

export const packHeaderBytes = 32;
export const blockHeaderBytes = 20;
const trailerBytes = 16;
export const packIdBytes = 16;

/** No block holds more than this before compression; a larger claim is damage. */
export const blockLengthMax = 16 * 1024 * 1024;
const footerLengthMax = 64 * 1024 * 1024;

/** What a block holds. Kinds never mix, so that like compresses beside like. */
export const blockKinds = { record: 1, text: 2, binary: 3, page: 4, footer: 255 } as const;
export type BlockKind = Exclude<keyof typeof blockKinds, 'footer'>;
const kindNames = new Map<number, BlockKind>([
  [1, 'record'],
  [2, 'text'],
  [3, 'binary'],
  [4, 'page'],
]);

/** What a pack needs to be sealed or opened, beside its id. */
export interface PackSecrets {
  vaultId: Uint8Array;
  dataKey: Uint8Array;
  dataKeyVersion: number;
}

/** One object inside a block; they lie behind each other without gaps. */
export interface PackEntry {
  kind: 'object' | 'item' | 'page';
  id: Uint8Array;
  length: number;
  /** Short ids of what an item or page points to; empty for objects. */
  refs: readonly Uint8Array[];
}

export interface BlockPlace {
  kind: BlockKind;
  codec: number;
  /** Of the block header, from the start of the pack. */
  offset: number;
  rawLength: number;
  /** Ciphertext and tag, without the block header. */
  storedLength: number;
}

export interface PackBlock extends BlockPlace {
  entries: PackEntry[];
}

const entryKinds = ['object', 'item', 'page'] as const;

export function packKey(secrets: PackSecrets, packId: Uint8Array): Buffer {
  return deriveKey(secrets.dataKey, packId, 'holdfast pack 1');
}

export function encodePackHeader(packId: Uint8Array, dataKeyVersion: number): Buffer {
  return new ByteWriter(packHeaderBytes)
    .raw(packMagic)
    .raw(packId)
    .u32(dataKeyVersion)
    .u32(0)
    .take();
}

export function decodePackHeader(
  bytes: Uint8Array,
  where: string,
): { packId: Buffer; dataKeyVersion: number } {
  const read = new ByteReader(bytes, where);
  read.expect(packMagic, 'it does not start as a pack of version 1');
  const packId = Buffer.from(read.raw(packIdBytes));
  const dataKeyVersion = read.u32();
  if (read.u32() !== 0) read.fail('its header has unknown flags');
  return { packId, dataKeyVersion };
}

function blockHeader(number: number, kind: number, codec: number, raw: number, stored: number) {
  const header = Buffer.allocUnsafe(blockHeaderBytes);
  header.writeUInt32LE(blockMagic, 0);
  header.writeUInt32LE(number, 4);
  header[8] = kind;
  header[9] = codec;
  header.writeUInt16LE(0, 10);
  header.writeUInt32LE(raw, 12);
  header.writeUInt32LE(stored, 16);
  return header;
}

function associatedData(secrets: PackSecrets, packId: Uint8Array, header: Uint8Array): Buffer {
  return Buffer.concat([packMagic, secrets.vaultId, packId, header]);
}

/** Seals one block: header, ciphertext and tag, to be written behind each other. */
export function sealBlock(
  secrets: PackSecrets,
  packId: Uint8Array,
  key: Uint8Array,
  block: { number: number; kind: BlockKind; codec: number; rawLength: number; payload: Uint8Array },
): [header: Buffer, ciphertext: Buffer, tag: Buffer] {
  const header = blockHeader(
    block.number,
    blockKinds[block.kind],
    block.codec,
    block.rawLength,
    block.payload.length + tagBytes,
  );
  const associated = associatedData(secrets, packId, header);
  return [header, ...seal(key, block.number, associated, block.payload)];
}

/**
 * Opens one block.
 * @param bytes block header, ciphertext and tag as they lie in the pack
 * @param place what index or footer say about it; the seal covers all of it
 */
export function openBlock(
  secrets: PackSecrets,
  packId: Uint8Array,
  number: number,
  place: BlockPlace,
  bytes: Uint8Array,
  where: string,
): Buffer {
  if (place.rawLength > blockLengthMax) throw new VaultDamaged(where, 'a block is too long');
  const header = blockHeader(
    number,
    blockKinds[place.kind],
    place.codec,
    place.rawLength,
    place.storedLength,
  );
  if (bytes.length !== blockHeaderBytes + place.storedLength)
    throw new VaultDamaged(where, `block ${number} is cut off`);
  if (!header.equals(bytes.subarray(0, blockHeaderBytes)))
    throw new VaultDamaged(where, `the header of block ${number} differs from the index`);
  const plain = unseal(
    packKey(secrets, packId),
    number,
    associatedData(secrets, packId, header),
    bytes.subarray(blockHeaderBytes),
    `${where}, block ${number}`,
  );
  if (place.codec === codecs.zstd) {
    const bytes = decompress(plain, place.rawLength, `${where}, block ${number}`);
    release(plain);
    return bytes;
  }
  if (place.codec !== codecs.stored || plain.length !== place.rawLength)
    throw new VaultDamaged(where, `block ${number} has an unknown form`);
  return plain;
}

const key16 = (id: Uint8Array) =>
  Buffer.from(id.buffer, id.byteOffset, shortIdBytes).toString('latin1');

/**
 * The footer: every block, every object in it, and what items and pages point to. With it an index
 * can be built and garbage be marked without opening a block.
 */
function encodeFooter(blocks: readonly PackBlock[]): Buffer {
  const out = new ByteWriter(64 * 1024);
  const ordinals = new Map<string, number>();
  let total = 0;
  for (const block of blocks)
    for (const entry of block.entries) ordinals.set(key16(entry.id), total++);
  const foreign: Uint8Array[] = [];
  const refsOf = (entry: PackEntry) =>
    entry.refs.map((ref) => {
      const key = key16(ref);
      let ordinal = ordinals.get(key);
      if (ordinal === undefined) {
        ordinal = total + foreign.length;
        ordinals.set(key, ordinal);
        foreign.push(ref);
      }
      return ordinal;
    });
  const refs = blocks.map((block) => block.entries.map(refsOf));
  out.varint(foreign.length);
  for (const id of foreign) out.raw(id.subarray(0, shortIdBytes));
  out.varint(blocks.length);
  blocks.forEach((block, at) => {
    out.u8(blockKinds[block.kind]).u8(block.codec);
    out.varint(block.rawLength).varint(block.storedLength).varint(block.entries.length);
    block.entries.forEach((entry, index) => {
      out.u8(entryKinds.indexOf(entry.kind)).raw(entry.id).varint(entry.length);
      if (entry.kind === 'object') return;
      const pointers = refs[at]![index]!;
      out.varint(pointers.length);
      for (const pointer of pointers) out.varint(pointer);
    });
  });
  return out.take();
}

/** Seals the footer; the result ends the pack. */
export function sealFooter(
  secrets: PackSecrets,
  packId: Uint8Array,
  key: Uint8Array,
  blocks: readonly PackBlock[],
): Buffer {
  const plain = encodeFooter(blocks);
  const header = blockHeader(
    footerNumber,
    blockKinds.footer,
    codecs.stored,
    plain.length,
    plain.length + tagBytes,
  );
  const [ciphertext, tag] = seal(key, footerNumber, associatedData(secrets, packId, header), plain);
  const trailer = new ByteWriter(trailerBytes)
    .u32(blockHeaderBytes + ciphertext.length + tagBytes)
    .u32(0)
    .raw(packEnd)
    .take();
  return Buffer.concat([header, ciphertext, tag, trailer]);
}

/** Where the footer lies, from the last 16 bytes of a pack. */
export function decodeTrailer(
  trailer: Uint8Array,
  packLength: number,
  where: string,
): { offset: number; length: number } {
  const read = new ByteReader(trailer, where);
  const length = read.u32();
  const flags = read.u32();
  read.expect(packEnd, 'it does not end as a pack does: it is cut off or overwritten');
  const offset = packLength - trailerBytes - length;
  if (flags !== 0 || length < blockHeaderBytes + tagBytes || offset < packHeaderBytes)
    read.fail('its end does not fit its size');
  if (length > footerLengthMax) read.fail('its footer is too long');
  return { offset, length };
}

export const packTrailerBytes = trailerBytes;

/** Opens a footer and checks that its blocks fill the pack exactly up to it. */
export function openFooter(
  secrets: PackSecrets,
  packId: Uint8Array,
  footer: Uint8Array,
  footerOffset: number,
  where: string,
): PackBlock[] {
  const stored = footer.length - blockHeaderBytes;
  const header = blockHeader(
    footerNumber,
    blockKinds.footer,
    codecs.stored,
    stored - tagBytes,
    stored,
  );
  if (!header.equals(footer.subarray(0, blockHeaderBytes)))
    throw new VaultDamaged(where, 'the header of its footer is not one');
  const plain = unseal(
    packKey(secrets, packId),
    footerNumber,
    associatedData(secrets, packId, header),
    footer.subarray(blockHeaderBytes),
    `${where}, footer`,
  );
  const read = new ByteReader(plain, `${where}, footer`);
  const foreign: Buffer[] = [];
  for (let left = read.count(shortIdBytes); left > 0; left--) foreign.push(read.raw(shortIdBytes));
  const blocks: PackBlock[] = [];
  const pending: Array<{ refs: Uint8Array[]; ordinals: number[] }> = [];
  const local: Buffer[] = [];
  let offset = packHeaderBytes;
  for (let left = read.count(5); left > 0; left--) {
    const kind = kindNames.get(read.u8()) ?? read.fail('it names an unknown kind of block');
    const codec = read.u8();
    const rawLength = read.varint(blockLengthMax);
    const storedLength = read.varint(footerOffset);
    const entries: PackEntry[] = [];
    let sum = 0;
    for (let count = read.count(1 + idBytes + 1); count > 0; count--) {
      const entryKind = entryKinds[read.u8()] ?? read.fail('it names an unknown kind of object');
      const id = read.raw(idBytes);
      const length = read.varint(rawLength);
      const refs: Uint8Array[] = [];
      if (entryKind !== 'object') {
        const ordinals: number[] = [];
        for (let rest = read.count(1); rest > 0; rest--) ordinals.push(read.varint());
        pending.push({ refs, ordinals });
      }
      entries.push({ kind: entryKind, id, length, refs });
      local.push(id);
      sum += length;
    }
    if (sum !== rawLength) read.fail('its objects do not fill their block');
    blocks.push({ kind, codec, offset, rawLength, storedLength, entries });
    offset += blockHeaderBytes + storedLength;
  }
  read.end();
  if (offset !== footerOffset) read.fail('its blocks do not fill the pack');
  for (const { refs, ordinals } of pending) {
    for (const ordinal of ordinals) {
      const id = ordinal < local.length ? local[ordinal] : foreign[ordinal - local.length];
      refs.push((id ?? read.fail('it points to an object that is not named')).subarray(0, 16));
    }
  }
  return blocks;
}
