import { createHash, type Hash, hash } from 'node:crypto';

/** What an id names. The kind is part of the id: bytes of one kind never answer for another. */
export const idKinds = { object: 1, item: 2, page: 3, snapshot: 4, mailbox: 5 } as const;
export type IdKind = keyof typeof idKinds;

export const idBytes = 32;
/** As much of an id as indexes and recipes carry. */
export const shortIdBytes = 16;

/** A view of a pooled buffer: an own one for 32 bytes costs more than hashing a small part. */
export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

export function startSha256(): Hash {
  return createHash('sha256');
}

/**
 * Keyed ids: SHA-256 over one whole block of key and kind, followed by the SHA-256 of the bytes.
 * The input has a fixed length, so a keyed prefix is a sound MAC here, and both hashes are one-shot
 * calls, which cost half of an HMAC object for the small parts that mail is made of.
 */
export class IdMaker {
  private readonly input = Buffer.alloc(96);

  constructor(idKey: Uint8Array) {
    this.input.set(idKey, 0);
    this.input.write('holdfast id 1', 32, 'latin1');
  }

  /** @param digest SHA-256 of the bytes that the id names */
  ofDigest(kind: IdKind, digest: Uint8Array): Buffer {
    this.input[63] = idKinds[kind];
    this.input.set(digest, 64);
    return sha256(this.input);
  }

  of(kind: IdKind, bytes: Uint8Array): Buffer {
    this.input[63] = idKinds[kind];
    this.input.write(hash('sha256', bytes, 'binary'), 64, 'latin1');
    return sha256(this.input);
  }
}
