import { createHash } from 'node:crypto';

/**
 * Ids as Exchange has them: long, base64-like, and different where only the case differs. The last
 * number counts in base64 digits, so that neighbours 26 apart differ in the case of one letter.
 */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const itemWidth = 6;
const folderWidth = 5;

function encode(value: number, width: number): string {
  let text = '';
  for (let rest = value, place = 0; place < width; place++) {
    text = digits[rest % 64]! + text;
    rest = Math.floor(rest / 64);
  }
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 64 + digits.indexOf(digit);
  return value;
}

/** Stands for one mailbox inside the ids of what is in it. */
export function mailboxTag(exchangeId: string): string {
  return `${createHash('sha256').update(exchangeId).digest('base64url').slice(0, 40)}AAAuAAAA`;
}

/** Stays while the item stays in the mailbox. */
export function immutableItemId(tag: string, item: number): string {
  return `AAkALg${tag}${encode(item, itemWidth)}AAA=`;
}

/** Names the folder too, so it changes with a move. */
export function regularItemId(tag: string, folder: number, item: number): string {
  return `AAMkAG${tag}${encode(folder, folderWidth)}${encode(item, itemWidth)}AAA=`;
}

export function folderId(tag: string, folder: number): string {
  return `AAMkAF${tag}${encode(folder, folderWidth)}AAA=`;
}

export type ParsedId =
  | { kind: 'item'; item: number; folder: number | null }
  | { kind: 'folder'; folder: number };

/** null for anything that is no id of this mailbox. */
export function parseId(tag: string, id: string): ParsedId | null {
  const start = id.slice(0, 6);
  const rest = id.slice(6 + tag.length, -4);
  if (id.slice(6, 6 + tag.length) !== tag || !id.endsWith('AAA=') || !/^[\w-]*$/.test(rest)) {
    return null;
  }
  if (start === 'AAkALg' && rest.length === itemWidth) {
    return { kind: 'item', item: decode(rest), folder: null };
  }
  if (start === 'AAMkAG' && rest.length === itemWidth + folderWidth) {
    return {
      kind: 'item',
      folder: decode(rest.slice(0, folderWidth)),
      item: decode(rest.slice(folderWidth)),
    };
  }
  if (start === 'AAMkAF' && rest.length === folderWidth) {
    return { kind: 'folder', folder: decode(rest) };
  }
  return null;
}

export function changeKey(tag: string, sequence: number): string {
  return `CQAAABYAAA${tag.slice(0, 12)}${encode(sequence, itemWidth)}`;
}

/** The same GUID for the same words, for ever. */
export function stableGuid(...words: string[]): string {
  const hex = createHash('sha256').update(words.join('\0')).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
