import { missing } from './failures.ts';

export interface Page {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
}

export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/** One page of a list, in the order given: newest first for almost everything. */
export function listOf<T extends { id: string }>(all: T[], page: Page, url: string): List<T> {
  const limit = Math.min(100, Math.max(1, page.limit ?? 10));
  const at = (id: string, param: string) => {
    const found = all.findIndex((it) => it.id === id);
    if (found < 0) throw missing('object', id, param);
    return found;
  };
  if (page.ending_before !== undefined) {
    const end = at(page.ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: all.slice(start, end), has_more: start > 0, url };
  }
  const start =
    page.starting_after === undefined ? 0 : at(page.starting_after, 'starting_after') + 1;
  const data = all.slice(start, start + limit);
  return { object: 'list', data, has_more: start + limit < all.length, url };
}

/** Whether a time lies in what a list was asked for: a moment, or bounds. */
export function within(
  value: number,
  range: number | { gt?: number; gte?: number; lt?: number; lte?: number } | undefined,
): boolean {
  if (range === undefined) return true;
  if (typeof range === 'number') return value === range;
  const { gt, gte, lt, lte } = range;
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}
