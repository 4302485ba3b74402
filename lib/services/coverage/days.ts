import type { TenantState } from '#db/enums.ts';
import { fillGap, type Letter, slotMs, worse } from './history.ts';
import type { DayOutcome } from './rules.ts';

/** One day of a time zone. */
export interface Day {
  /** 2026-11-22, as the zone calls it. */
  date: string;
  start: Date;
  /** Of the day after. */
  end: Date;
}

/** The last days of a zone, today last. Days of summer time have 23 or 25 hours. */
export function daysOf(zone: string, now: Date, count: number): Day[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const wall = (at: number) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = value;
    const { year, month, day, hour, minute, second } = part;
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  };
  /** When a wall clock of the zone shows this; twice, since the first guess may lie across a change. */
  const instant = (shown: number) => {
    let at = shown;
    for (let round = 0; round < 2; round++) at = shown - (wall(at) - at);
    return at;
  };
  const dayMs = 24 * 3_600_000;
  const today = Math.floor(wall(now.getTime()) / dayMs) * dayMs;
  return Array.from({ length: count }, (_, index) => {
    const shown = today - (count - 1 - index) * dayMs;
    return {
      date: new Date(shown).toISOString().slice(0, 10),
      start: new Date(instant(shown)),
      end: new Date(instant(shown + dayMs)),
    };
  });
}

/** What is kept of a customer, and how it is now. */
export interface Past {
  history: string;
  historyFrom: Date | null;
  goodRunAt: Date | null;
  connectedAt: Date | null;
  state: TenantState;
  lostAt: Date | null;
  paused: boolean;
  /** A run is going on. */
  running: boolean;
  target: number;
}

/** The worst outcome of each day. */
export function outcomesOf(past: Past, days: readonly Day[], now: Date): DayOutcome[] {
  const letters = lettersUntil(past, now);
  const start = past.historyFrom?.getTime() ?? 0;
  return days.map((day) => {
    const { connectedAt } = past;
    if (connectedAt === null || connectedAt >= day.end) return 'none';
    const isToday = day.end > now;
    let worst: Letter = ' ';
    const first = Math.max(0, Math.ceil((day.start.getTime() - start) / slotMs));
    const after = Math.min(letters.length, Math.ceil((day.end.getTime() - start) / slotMs));
    for (let slot = first; slot < after; slot++) worst = worse(worst, letters[slot]!);
    return outcomeOf(past, worst, isToday, day);
  });
}

function outcomeOf(past: Past, worst: Letter, isToday: boolean, day: Day): DayOutcome {
  if (worst === 'X') return 'failed';
  if (past.state === 'consent-lost' && (isToday || (past.lostAt !== null && past.lostAt < day.end)))
    return 'failed';
  if (worst === 'L') return 'late';
  if (worst === 'h') return 'gaps';
  if (isToday && past.running && past.goodRunAt === null) return 'running';
  if (worst === '.') return 'good';
  if (worst === '=' || past.paused) return 'paused';
  if (isToday && past.running) return 'running';
  return 'unknown';
}

/** The kept letters, and how it went on after them. */
function lettersUntil(past: Past, now: Date): Letter[] {
  const letters = [...past.history] as Letter[];
  const { goodRunAt, historyFrom } = past;
  if (goodRunAt === null || historyFrom === null) return letters;
  const last = Math.floor((now.getTime() - historyFrom.getTime()) / slotMs);
  while (letters.length <= last) letters.push(' ');
  const put = (at: number, letter: Letter) => {
    const slot = Math.floor((at - historyFrom.getTime()) / slotMs);
    if (slot < 0 || slot > last) return;
    // Whoever pauses backups knows that copies grow old.
    const told = letter === 'L' && past.paused ? '=' : letter;
    letters[slot] = worse(letters[slot]!, told);
  };
  fillGap(put, { from: goodRunAt.getTime(), until: now.getTime(), target: past.target });
  return letters;
}
