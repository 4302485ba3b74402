import { searchTexts } from '#app/_texts/search.ts';
import { dayOf, daySpan } from '#app/_ui/days.ts';
import { AppError } from '#lib/core/errors.ts';

const isDay = /^\d{4}-\d\d-\d\d$/;

/** Days of a form, which are the viewer's, as moments: the first of `from`, and the first after `until`. */
export function momentsOf(
  days: { from: string | undefined; until: string | undefined },
  zone: string,
): { from: string | undefined; until: string | undefined } {
  return {
    from: days.from && spanOf(days.from, zone).from.toISOString(),
    until: days.until && spanOf(days.until, zone).until.toISOString(),
  };
}

function spanOf(day: string, zone: string) {
  const span = daySpan(day, zone);
  if (span === null) throw new AppError('input.invalid', searchTexts.noDay);
  return span;
}

/** The other way round, for the form of a search that is kept. */
export function daysOf(
  filter: { from?: string; until?: string },
  zone: string,
): { from: string | undefined; until: string | undefined } {
  const day = (text: string | undefined, beforeMs: number) => {
    if (text === undefined || isDay.test(text)) return text;
    return dayOf(new Date(Date.parse(text) - beforeMs), zone);
  };
  return { from: day(filter.from, 0), until: day(filter.until, 1) };
}
