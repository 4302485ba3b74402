import { keyBytes } from '#lib/vault/encryption.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** The keyring object (FORMAT.md §3): plain facts, then the wrapped keys. */

const magic = Buffer.from('HFKEYS\r\n', 'latin1');
export const vaultIdBytes = 16;

export interface DataKey {
  version: number;
  key: Buffer;
}

export interface Keyring {
  vaultId: Buffer;
  tenantId: string;
  generation: number;
  /** Makes ids; the same for the life of the vault. */
  idKey: Buffer;
  /** Newest last; the newest closes what is written now, the older ones open what was. */
  dataKeys: DataKey[];
}

export interface KeyringEnvelope {
  vaultId: Buffer;
  tenantId: string;
  generation: number;
  wrapperId: string;
  wrapped: Buffer;
}

export function encodeKeyringEnvelope(envelope: KeyringEnvelope): Buffer {
  const out = new ByteWriter(512).raw(magic).raw(envelope.vaultId).u32(envelope.generation);
  out.text(envelope.tenantId).text(envelope.wrapperId);
  return out.varint(envelope.wrapped.length).raw(envelope.wrapped).take();
}

export function decodeKeyringEnvelope(bytes: Uint8Array, where: string): KeyringEnvelope {
  const read = new ByteReader(bytes, where);
  read.expect(magic, 'it does not start as a keyring of version 1');
  const vaultId = Buffer.from(read.raw(vaultIdBytes));
  const generation = read.u32();
  const tenantId = read.text();
  const wrapperId = read.text();
  const wrapped = Buffer.from(read.raw(read.varint(read.left)));
  read.end();
  return { vaultId, generation, tenantId, wrapperId, wrapped };
}

/** Binds the wrapped keys to everything that stands beside them in the clear. */
export function keyringContext(envelope: Omit<KeyringEnvelope, 'wrapped' | 'wrapperId'>): string {
  return `holdfast keyring 1|${envelope.vaultId.toString('hex')}|${envelope.generation}|${envelope.tenantId}`;
}

export function encodeKeys(keyring: Keyring): Buffer {
  const out = new ByteWriter(256).raw(keyring.idKey).varint(keyring.dataKeys.length);
  for (const { version, key } of keyring.dataKeys) out.u32(version).raw(key);
  return out.take();
}

export function decodeKeys(
  bytes: Uint8Array,
  where: string,
): { idKey: Buffer; dataKeys: DataKey[] } {
  const read = new ByteReader(bytes, where);
  const idKey = Buffer.from(read.raw(keyBytes));
  const dataKeys: DataKey[] = [];
  for (let left = read.count(4 + keyBytes); left > 0; left--) {
    dataKeys.push({ version: read.u32(), key: Buffer.from(read.raw(keyBytes)) });
  }
  read.end();
  if (dataKeys.length === 0) read.fail('it holds no data key');
  return { idKey, dataKeys };
}
