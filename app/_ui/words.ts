/** Dates, ages and spans in the words of the portal: `Tue 17 Nov, 09:14`, `9 min`, `1 h 20`. */
export interface Words {
  /** Tue 17 Nov; with the year when it is not this one. */
  day(at: Date): string;
  /** 09:14 */
  clock(at: Date): string;
  /** 09:14:05 */
  second(at: Date): string;
  /** Tue 17 Nov, 09:14 */
  moment(at: Date): string;
  /** 9 min, 4 h 32, then the day. */
  age(at: Date): string;
  /** 9 min ago, then the day. */
  ago(at: Date): string;
  /** Today as a clock time, else the moment. */
  short(at: Date): string;
}

type Part = 'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute' | 'second';
type Parts = Record<Part, string>;

/** To make one takes longer than to write a hundred moments with it. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** Zones are named by browsers; what is kept for them has an end. */
const formatsMax = 64;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= formatsMax) formats.clear();
  formats.set(zone, made);
  return made;
}

export function createWords(zone: string, now: Date): Words {
  const format = formatOf(zone);
  const read = (ms: number) => {
    const found = {} as Parts;
    for (const { type, value } of format.formatToParts(ms)) found[type as Part] = value;
    return found;
  };
  // A moment is asked for its day, its clock and its year one after the other.
  let last: { ms: number; parts: Parts } | null = null;
  let today: Parts | null = null;
  const parts = (at: Date): Parts => {
    const ms = at.getTime();
    if (ms === now.getTime()) {
      today ??= read(ms);
      return today;
    }
    if (last?.ms !== ms) last = { ms, parts: read(ms) };
    return last.parts;
  };
  const day = (at: Date) => {
    const { weekday, day: date, month, year } = parts(at);
    return year === parts(now).year ? `${weekday} ${date} ${month}` : `${date} ${month} ${year}`;
  };
  const clock = (at: Date) => {
    const { hour, minute } = parts(at);
    return `${hour}:${minute}`;
  };
  const moment = (at: Date) => `${day(at)}, ${clock(at)}`;
  const isYoung = (at: Date) => Math.abs(now.getTime() - at.getTime()) < 24 * 3_600_000;
  const age = (at: Date) => (isYoung(at) ? coarse(now.getTime() - at.getTime()) : day(at));
  return {
    day,
    clock,
    second: (at) => `${clock(at)}:${parts(at).second}`,
    moment,
    age,
    ago: (at) => (isYoung(at) ? `${age(at)} ago` : day(at)),
    short: (at) => (day(at) === day(now) ? clock(at) : moment(at)),
  };
}

/** 48 s, 1 min 12, 9 min, 2 h 10, 3 days; number and unit stay on one line. */
export function span(ms: number): string {
  return spanOf(ms).replaceAll(' ', '\u00a0');
}

function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds === 0) return 'under 1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) {
    const rest = seconds % 60;
    return rest === 0 ? `${minutes} min` : `${minutes} min ${String(rest).padStart(2, '0')}`;
  }
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    const rest = minutes % 60;
    return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, '0')}`;
  }
  return `${Math.floor(hours / 24)} days`;
}

/** As `span`, in whole minutes from the first on: for ages and guesses. */
export function coarse(ms: number): string {
  return span(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
}

/** 1 message, 2 messages. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** "Adele Vance" → "AV", "Fabrikam" → "FA". */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, ' ')
    .split(' ')
    .filter(Boolean);
  const first = words[0] ?? '?';
  const letters = words.length > 1 ? `${first[0]}${words[1]![0]}` : first.slice(0, 2);
  return letters.toUpperCase();
}
