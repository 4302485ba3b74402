import { notFound } from 'next/navigation';
import { createWords } from '#app/_ui/words.ts';
import { type Day, dayStart, type Period, periodBounds } from '#lib/billing/days.ts';

const longMonth = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  month: 'long',
  year: 'numeric',
});
const monthAlone = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'long' });

/** November 2026 */
export function monthName(period: Period): string {
  return longMonth.format(periodBounds(period).start);
}

/** November */
export function monthWord(period: Period): string {
  return monthAlone.format(periodBounds(period).start);
}

/** Tue 1 Dec; the days of the ledger are UTC's, whatever zone the viewer is in. */
export function dayName(day: Day, now: Date): string {
  return createWords('UTC', now).day(dayStart(day));
}

/** The first day of the month after, on which the invoice is made. */
export function invoiceDay(period: Period): Day {
  return periodBounds(period).end.toISOString().slice(0, 10);
}

/** A month of an address; anything else is a page that does not exist. */
export function requirePeriod(text: string): Period {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) notFound();
  return text;
}
