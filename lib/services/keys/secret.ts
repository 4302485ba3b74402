import { createHash } from 'node:crypto';
import { newToken } from '#lib/core/ids.ts';

/** By this beginning people, and scanners of repositories, know what they have found. */
const beginning = 'hfk_';
/** As many characters of a secret as lists show: enough to tell keys apart, useless to guess the rest. */
const shown = beginning.length + 6;

export function newSecret(): string {
  return beginning + newToken();
}

/** What is kept of a secret. It is as random as the hash is long, so no salt and no slow hash. */
export function hashKeySecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function prefixOf(secret: string): string {
  return secret.slice(0, shown);
}

export function isSecretShaped(text: string): boolean {
  return /^hfk_[\w-]{43}$/.test(text);
}
