import { createHash, randomBytes } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `cus_9s6XGDTHzA66Po`: a prefix and chance. */
export function newId(prefix: string, length = 24): string {
  const chance = [...randomBytes(length)].map((byte) => letters[byte % letters.length]);
  return `${prefix}_${chance.join('')}`;
}

/** The same for the same words, for things that are made anew each time they are read. */
export function derivedId(prefix: string, ...words: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  return `${prefix}_${hash.slice(0, 24)}`;
}
