import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { AppError } from '#lib/core/errors.ts';
import { deriveKey, keyBytes, tagBytes } from './encryption.ts';
import { VaultDamaged } from './errors.ts';
import { sha256 } from './ids.ts';

/**
 * What the vault asks of a key service. The key itself never leaves it; a keyring is wrapped and
 * unwrapped a few times in the life of a process.
 */
export interface KeyWrapper {
  /** Names the key in keyrings, so that a wrong key is told from a damaged vault. */
  readonly id: string;
  /** @param context bound to the result: unwrapping with another context fails */
  wrap(plain: Uint8Array, context: string): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}

const firstLine = 'holdfast key file 1';
const nonceBytes = 12;

/**
 * Makes a key file: 256 random bits, mode 0600. An existing file is never touched.
 * Whoever loses this file loses the vaults it closes.
 */
export async function createKeyFile(path: string): Promise<void> {
  const text = `${firstLine}\n${randomBytes(keyBytes).toString('base64')}\n`;
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err;
    throw new AppError('conflict', `There is a key file at ${path} already; it was left as it is.`);
  }
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads a key file. Throws 'config.invalid' when it is missing or is not one. */
export async function keyFile(path: string): Promise<KeyWrapper> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (err) {
    throw new AppError('config.invalid', `The key file ${path} cannot be read.`, { cause: err });
  }
  const [head, body] = text.split('\n');
  const key = Buffer.from(body ?? '', 'base64');
  if (head !== firstLine || key.length !== keyBytes)
    throw new AppError('config.invalid', `${path} is not a Holdfast key file.`);
  return keyFromBytes(key);
}

/** The same face over 32 bytes that are already here. */
export function keyFromBytes(key: Uint8Array): KeyWrapper {
  const wrappingKey = deriveKey(key, new Uint8Array(0), 'holdfast key wrap 1');
  const print = sha256(deriveKey(key, new Uint8Array(0), 'holdfast key print 1'));
  return {
    id: `file:${print.toString('hex', 0, 8)}`,
    async wrap(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce);
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    async unwrap(wrapped, context) {
      const end = wrapped.length - tagBytes;
      if (end < nonceBytes) throw new VaultDamaged('keyring', 'its keys are cut off');
      const decipher = createDecipheriv(
        'aes-256-gcm',
        wrappingKey,
        wrapped.subarray(0, nonceBytes),
        {
          authTagLength: tagBytes,
        },
      );
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(wrapped.subarray(end));
      try {
        return Buffer.concat([
          decipher.update(wrapped.subarray(nonceBytes, end)),
          decipher.final(),
        ]);
      } catch (err) {
        throw new VaultDamaged('keyring', 'the seal around its keys does not hold', err);
      }
    },
  };
}
