const dayMs = 24 * 60 * 60_000;
/** Each holds eight of the one before; the longest is a year and a half. */
const spanMs = [dayMs, 8 * dayMs, 64 * dayMs, 512 * dayMs] as const;
const marks = ['<a', '<b', '<c', '<d'] as const;
/** No item has a date before or after (`parseDate` in `lib/exchange/mime-facts.ts`). */
const firstMs = 0;
const lastMs = Date.UTC(2101, 0, 1);

const numberOf = (ms: number, level: number) => Math.floor(ms / spanMs[level]!);

/**
 * Marks of a moment among the words of a document, by which the index of words finds those of a
 * time. No word of a text looks like them.
 */
export function marksOfMoment(at: Date | null): string[] {
  if (at === null) return [];
  return marks.map((mark, level) => mark + numberOf(at.getTime(), level));
}

/** Marks of which every moment between the two has one; a moment up to a day outside may have one, too. */
export function marksOfTime(from: Date | null, until: Date | null): string[] {
  const end = Math.min(until?.getTime() ?? lastMs, lastMs);
  const found: string[] = [];
  let at = numberOf(Math.max(from?.getTime() ?? firstMs, firstMs), 0) * spanMs[0];
  while (at < end) {
    const fits = (level: number) => at % spanMs[level]! === 0 && at + spanMs[level]! <= end;
    const level = [3, 2, 1].find(fits) ?? 0;
    found.push(marks[level]! + numberOf(at, level));
    at += spanMs[level]!;
  }
  return found;
}
