import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { VaultDamaged } from './errors.ts';

export const tagBytes = 16;
export const keyBytes = 32;

/** HKDF-SHA-256: one key per purpose and salt, so that no nonce ever meets the same key twice. */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, purpose, keyBytes));
}

/** The nonce of block `number` under a key that is used for one object only. */
function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32LE(number, 0);
  return nonce;
}

/** AES-256-GCM; the result is the ciphertext with its tag behind it. */
export function seal(
  key: Uint8Array,
  number: number,
  associated: Uint8Array,
  plain: Uint8Array,
): [ciphertext: Buffer, tag: Buffer] {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number));
  cipher.setAAD(associated);
  const ciphertext = cipher.update(plain);
  cipher.final();
  return [ciphertext, cipher.getAuthTag()];
}

/** Opens what `seal` closed, or throws `vault.damaged` naming `where`. */
export function unseal(
  key: Uint8Array,
  number: number,
  associated: Uint8Array,
  sealed: Uint8Array,
  where: string,
): Buffer {
  if (sealed.length < tagBytes) throw new VaultDamaged(where, 'it is shorter than its seal');
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch (err) {
    throw new VaultDamaged(where, 'its seal does not hold', err);
  }
  return plain;
}
