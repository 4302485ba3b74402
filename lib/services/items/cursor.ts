import { AppError } from '#lib/core/errors.ts';
import { isId } from '#lib/core/ids.ts';

/** Where a page of a list by date ended: items without a date come last. */
export interface ItemCursor {
  at: Date | null;
  id: string;
}

export function encodeCursor(cursor: ItemCursor): string {
  return Buffer.from(`${cursor.at?.getTime() ?? ''}/${cursor.id}`).toString('base64url');
}

export function decodeCursor(text: string): ItemCursor {
  const [at, id, ...rest] = Buffer.from(text, 'base64url').toString().split('/');
  const isCursor = at !== undefined && /^-?\d{0,15}$/.test(at) && id !== undefined && isId(id);
  if (!isCursor || rest.length > 0) {
    throw noSuchPage();
  }
  return { at: at === '' ? null : new Date(Number(at)), id };
}

/** In an order of other columns a page is found by how many come before: what a copy holds never changes. */
export function encodePlace(before: number): string {
  return Buffer.from(`after/${before}`).toString('base64url');
}

export function decodePlace(text: string): number {
  const before = /^after\/(\d{1,9})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (before === undefined) throw noSuchPage();
  return Number(before);
}

function noSuchPage(): AppError {
  return new AppError(
    'input.invalid',
    'This page of the list does not exist. Open the folder again.',
  );
}
