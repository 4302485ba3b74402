import { z } from 'zod';
import { Problem } from '#lib/api/problem.ts';

/** Where a page ended in a list that its verb gives as a whole: at the entry with this id. */
export const wholeListPosition = z.object({ id: z.string() });

/** @throws Problem where that entry is no longer in the list */
export function pageOf<T extends { id: string }>(
  list: readonly T[],
  { after, limit }: { after: { id: string } | null; limit: number },
): { items: T[]; next: { id: string } | null } {
  const from = after === null ? 0 : list.findIndex(({ id }) => id === after.id) + 1;
  if (after !== null && from === 0) {
    throw new Problem('invalid-request', 'The list has changed under this cursor. Begin again.', {
      errors: [{ detail: 'The entry where the page before ended is gone.', parameter: 'cursor' }],
    });
  }
  const items = list.slice(from, from + limit);
  const last = items.at(-1);
  const more = from + items.length < list.length && last !== undefined;
  return { items, next: more ? { id: last.id } : null };
}

/** Where a page ended in a list by age. */
export const agePlace = z.object({ at: z.iso.datetime(), id: z.string() });

/** Cuts what was asked for with one more than a page holds, so that it shows whether there is more. */
export function pageByAge<T extends { id: string; createdAt: Date }>(
  rows: readonly T[],
  limit: number,
): { items: T[]; next: { at: string; id: string } | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next: more ? { at: last.createdAt.toISOString(), id: last.id } : null };
}
