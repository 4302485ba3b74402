const speak = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options });
const shortDay = speak({ weekday: 'short' });
const longDay = speak({ weekday: 'long' });
const shortMonth = speak({ month: 'short' });

/** A day that has no clock and no zone any more: it is a date of the viewer's calendar. */
export function dayWords(date: string): {
  name: string;
  letter: string;
  month: string;
  weekday: string;
  date: number;
} {
  const at = new Date(`${date}T00:00:00Z`);
  const weekday = shortDay.format(at);
  const month = shortMonth.format(at);
  return {
    name: `${weekday} ${at.getUTCDate()} ${month}`,
    letter: weekday[0]!,
    month,
    weekday: longDay.format(at),
    date: at.getUTCDate(),
  };
}
