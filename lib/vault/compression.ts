import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { VaultDamaged } from './errors.ts';

export const codecs = { stored: 0, zstd: 1 } as const;

/**
 * Compresses synchronously: this runs in worker threads, where it is 1.6 times as fast as the
 * thread pool, and with one output chunk, which is 1.9 times as fast (`research/vault.md` §3).
 */
export function compress(bytes: Uint8Array, level = 3): Buffer {
  return zstdCompressSync(bytes, {
    chunkSize: Math.max(4096, bytes.length + (bytes.length >> 7) + 512),
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
}

/** Undoes `compress`; the length was bound by the seal, so nothing larger is ever allocated. */
export function decompress(bytes: Uint8Array, length: number, where: string): Buffer {
  let plain: Buffer;
  try {
    plain = zstdDecompressSync(bytes, {
      chunkSize: Math.max(1024, length),
      maxOutputLength: Math.max(1, length),
    });
  } catch (err) {
    throw new VaultDamaged(where, 'it does not decompress', err);
  }
  if (plain.length !== length) throw new VaultDamaged(where, 'it decompresses to another length');
  return plain;
}

const counts = new Uint32Array(256);

/**
 * True when a sample of 4 KB from the middle carries more than 7.6 bits a byte: JPEG, ZIP and what
 * is built on it. Compressing those costs time and gives nothing (`research/vault.md` §5.2).
 */
export function looksIncompressible(bytes: Uint8Array): boolean {
  const size = Math.min(bytes.length, 4096);
  if (size < 1024) return false;
  counts.fill(0);
  const start = (bytes.length - size) >> 1;
  for (let i = start; i < start + size; i++) counts[bytes[i]!]!++;
  let bits = 0;
  for (let i = 0; i < 256; i++) {
    const count = counts[i]!;
    if (count > 0) bits -= count * Math.log2(count / size);
  }
  return bits / size > 7.6;
}
