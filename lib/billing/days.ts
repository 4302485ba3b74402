/** A day of the ledger in UTC, `YYYY-MM-DD`. Text sorts as time does. */
export type Day = string;

/** A month of the ledger in UTC, `YYYY-MM`. A period of billing is one month. */
export type Period = string;

const dayMs = 86_400_000;

/** The UTC day that a moment lies in. */
export function dayOf(moment: Date): Day {
  return moment.toISOString().slice(0, 10);
}

/** The first moment of a day. */
export function dayStart(day: Day): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

export function nextDay(day: Day): Day {
  return dayOf(new Date(dayStart(day).getTime() + dayMs));
}

export function periodOf(day: Day): Period {
  return day.slice(0, 7);
}

/** The first moment of a period, and the first after it. */
export function periodBounds(period: Period): { start: Date; end: Date } {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return { start: new Date(Date.UTC(year, month - 1, 1)), end: new Date(Date.UTC(year, month, 1)) };
}

/** How many days a period has: 28 to 31. */
export function daysIn(period: Period): number {
  const { start, end } = periodBounds(period);
  return Math.round((end.getTime() - start.getTime()) / dayMs);
}

export function nextPeriod(period: Period): Period {
  return dayOf(periodBounds(period).end).slice(0, 7);
}

export function previousPeriod(period: Period): Period {
  return dayOf(new Date(periodBounds(period).start.getTime() - 1)).slice(0, 7);
}

/** Which day of its month a day is, from 0. */
export function dayIndex(day: Day): number {
  return Number(day.slice(8, 10)) - 1;
}

/** The day of a period with an index from 0. */
export function dayAt(period: Period, index: number): Day {
  return `${period}-${String(index + 1).padStart(2, '0')}`;
}

/** The last day of a month. */
export function lastDayOf(period: Period): string {
  return dayOf(new Date(periodBounds(period).end.getTime() - 1));
}
