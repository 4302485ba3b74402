/**
 * A time as a calendar shows it, in the zone it was written in: a meeting at nine in Vienna is at nine.
 * @param after leaves out a day that has been said already
 */
export function wallClock(
  time: { at: string; zone: string },
  dayOnly: boolean,
  after?: { at: string },
): string {
  // Read as UTC and written as UTC: the clock on the wall stays what it is.
  const at = new Date(`${time.at.slice(0, 16)}Z`);
  if (Number.isNaN(at.getTime())) return '';
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
    .format(at)
    .replace(',', '');
  const clock = time.at.slice(11, 16);
  if (dayOnly) return day;
  return after?.at.slice(0, 10) === time.at.slice(0, 10) ? clock : `${day}, ${clock}`;
}
