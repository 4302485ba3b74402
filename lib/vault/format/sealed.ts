import { codecs, compress, decompress } from '#lib/vault/compression.ts';
import { deriveKey, seal, unseal } from '#lib/vault/encryption.ts';
import { VaultDamaged } from '#lib/vault/errors.ts';
import { blockLengthMax, type PackSecrets } from './pack.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/**
 * A small object of its own on the target (FORMAT.md §5): plain header, then sealed sections that
 * are numbered from 0. Its name is part of what is authenticated, so objects cannot be swapped.
 */

const magic = Buffer.from('HFSEAL\r\n', 'latin1');
const headerBytes = 32;
const sectionHeaderBytes = 12;
const saltBytes = 16;
/** Before compression; a larger claim is damage. */
export const sectionBytesMax = 4 * blockLengthMax;

/** @param salt 16 random bytes; the key is used for this object only */
export function sealObject(
  secrets: PackSecrets,
  name: string,
  salt: Uint8Array,
  sections: readonly Uint8Array[],
): Buffer {
  const header = new ByteWriter(headerBytes)
    .raw(magic)
    .raw(salt)
    .u32(secrets.dataKeyVersion)
    .u32(sections.length)
    .take();
  const key = deriveKey(secrets.dataKey, salt, 'holdfast object 1');
  const parts: Uint8Array[] = [header];
  sections.forEach((plain, number) => {
    const packed = plain.length > 256 ? compress(plain) : null;
    const codec = packed !== null && packed.length < plain.length ? codecs.zstd : codecs.stored;
    const payload = codec === codecs.zstd ? packed! : plain;
    const head = new ByteWriter(sectionHeaderBytes)
      .u32(plain.length)
      .u32(payload.length + 16)
      .u32(codec)
      .take();
    parts.push(head, ...seal(key, number, associated(secrets, name, header, head), payload));
  });
  return Buffer.concat(parts);
}

function associated(secrets: PackSecrets, name: string, header: Uint8Array, head: Uint8Array) {
  return Buffer.concat([header, secrets.vaultId, head, Buffer.from(name, 'utf8')]);
}

/** The data key that a sealed object asks for. */
export function sealedKeyVersion(bytes: Uint8Array, name: string): number {
  const read = new ByteReader(bytes, name);
  read.expect(magic, 'it does not start as a sealed object of version 1');
  read.raw(saltBytes);
  return read.u32();
}

export function openObject(secrets: PackSecrets, name: string, bytes: Uint8Array): Buffer[] {
  const read = new ByteReader(bytes, name);
  const header = read.raw(Math.min(headerBytes, read.left));
  const fields = new ByteReader(header, name);
  fields.expect(magic, 'it does not start as a sealed object of version 1');
  const salt = fields.raw(saltBytes);
  if (fields.u32() !== secrets.dataKeyVersion) read.fail('it was closed with another data key');
  const count = fields.u32();
  if (count > read.left / (sectionHeaderBytes + 16)) read.fail('it ends too early');
  const key = deriveKey(secrets.dataKey, salt, 'holdfast object 1');
  const sections: Buffer[] = [];
  for (let number = 0; number < count; number++) {
    const head = read.raw(sectionHeaderBytes);
    const rawLength = head.readUInt32LE(0);
    const storedLength = head.readUInt32LE(4);
    const codec = head.readUInt32LE(8);
    if (rawLength > sectionBytesMax) read.fail('a section of it is too long');
    const payload = unseal(
      key,
      number,
      associated(secrets, name, header, head),
      read.raw(storedLength),
      name,
    );
    if (codec === codecs.zstd) sections.push(decompress(payload, rawLength, name));
    else if (codec === codecs.stored && payload.length === rawLength) sections.push(payload);
    else throw new VaultDamaged(name, 'a section of it has an unknown form');
  }
  read.end();
  return sections;
}
