const dayMs = 24 * 60 * 60_000;

/** A day as the viewer's clock shows it: from its midnight until the next. */
export interface DaySpan {
  from: Date;
  until: Date;
}

/** `2026-11-22` in a zone; null where that is no day. */
export function daySpan(day: string, zone: string): DaySpan | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (match === null) return null;
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== day) return null;
  const next = new Date(utc + dayMs);
  return { from: midnight(new Date(utc), zone), until: midnight(next, zone) };
}

/** The day before the one that `now` is in. */
export function yesterday(now: Date, zone: string): string {
  return dayBefore(dayOf(now, zone));
}

/** The date that a clock on the wall shows: `2026-11-22`. */
export function dayOf(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string) => parts.find((it) => it.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10);
}

/** The moment at which a clock in the zone shows midnight of that date (given as its midnight in UTC). */
function midnight(utc: Date, zone: string): Date {
  // The offset may change in between; the second look is from beside the right moment.
  const first = new Date(utc.getTime() - offsetMs(utc, zone));
  return new Date(utc.getTime() - offsetMs(first, zone));
}

function offsetMs(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((it) => it.type === type)?.value);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at.getTime() / 1000) * 1000;
}
