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
    throw new AppError(
      'input.invalid',
      'This page of the list does not exist. Open the folder again.',
    );
  }
  return { at: at === '' ? null : new Date(Number(at)), id };
}
