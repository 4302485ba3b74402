import { dayOf, daySpan, yesterday } from '#app/_ui/days.ts';
import type { SearchFilter } from '#db/schema/search.ts';

/** How people say when a message was lost, or came. */
export type When =
  | { kind: 'any' }
  | { kind: 'week' }
  | { kind: 'yesterday' }
  | { kind: 'day'; day: string; which: 'removed' | 'came' };

const weekMs = 7 * 24 * 60 * 60_000;

/** What the search is asked with; null where the day is none. */
export function filterOf(when: When, now: Date, zone: string): SearchFilter | null {
  switch (when.kind) {
    case 'any':
      return {};
    case 'week':
      return { goneFrom: new Date(now.getTime() - weekMs).toISOString() };
    case 'yesterday':
      return removedOn(yesterday(now, zone), zone);
    case 'day': {
      if (when.which === 'removed') return removedOn(when.day, zone);
      const span = daySpan(when.day, zone);
      return span && { from: span.from.toISOString(), until: span.until.toISOString() };
    }
  }
}

function removedOn(day: string, zone: string): SearchFilter | null {
  const span = daySpan(day, zone);
  return span && { goneFrom: span.from.toISOString(), goneUntil: span.until.toISOString() };
}

/** The other way round, for a search that is kept: what was it asked with? */
export function whenOf(filter: SearchFilter, askedAt: Date, zone: string): When {
  if (filter.goneFrom && filter.goneUntil) {
    const day = dayOf(new Date(filter.goneFrom), zone);
    if (day === yesterday(askedAt, zone)) return { kind: 'yesterday' };
    return { kind: 'day', day, which: 'removed' };
  }
  if (filter.goneFrom) return { kind: 'week' };
  if (filter.from && filter.until) {
    return { kind: 'day', day: dayOf(new Date(filter.from), zone), which: 'came' };
  }
  return { kind: 'any' };
}
