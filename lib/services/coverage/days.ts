import type { TenantState } from '#db/enums.ts';
import { fillGap, type Letter, slotMs, stretchesOf, worse } from './history.ts';
import type { DayOutcome } from './rules.ts';

/** One day of a time zone. */
export interface Day {
  /** 2026-11-22, as the zone calls it. */
  date: string;
  start: Date;
  /** Of the day after. */
  end: Date;
}

/** To make one takes longer than to read a month of days with it. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** Zones are named by browsers; what is kept for them has an end. */
const formatsMax = 64;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= formatsMax) formats.clear();
  formats.set(zone, made);
  return made;
}

/** The last days of a zone, today last. Days of summer time have 23 or 25 hours. */
export function daysOf(zone: string, now: Date, count: number): Day[] {
  const format = formatOf(zone);
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
  const first = today - (count - 1) * dayMs;
  // One more than the days: each ends where the next begins.
  const edges = Array.from({ length: count + 1 }, (_, index) => instant(first + index * dayMs));
  return Array.from({ length: count }, (_, index) => ({
    date: new Date(first + index * dayMs).toISOString().slice(0, 10),
    start: new Date(edges[index]!),
    end: new Date(edges[index + 1]!),
  }));
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
  const { history, historyFrom, connectedAt } = past;
  const start = historyFrom?.getTime() ?? 0;
  const stretches = stretchesOf(history);
  const since = lettersSince(past, now);
  const connected = connectedAt?.getTime() ?? null;
  let next = 0;
  return days.map((day) => {
    const end = day.end.getTime();
    if (connected === null || connected >= end) return 'none';
    const isToday = end > now.getTime();
    const first = Math.max(0, Math.ceil((day.start.getTime() - start) / slotMs));
    const after = Math.ceil((end - start) / slotMs);
    let worst: Letter = ' ';
    // Days follow each other, and so what was over before one began is over for all after it.
    while (next < stretches.length && stretches[next]!.end <= first) next++;
    for (let at = next; at < stretches.length; at++) {
      if ((stretches[at - 1]?.end ?? 0) >= after) break;
      worst = worse(worst, stretches[at]!.letter);
    }
    // It begins with the earliest, so that most days have nothing to do with it.
    for (const { slot, letter } of after > (since[0]?.slot ?? after) ? since : [])
      if (slot >= first && slot < after) worst = worse(worst, letter);
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
  if (past.state === 'disconnected') return 'none';
  if (worst === '=' || past.paused) return 'paused';
  if (isToday && past.running) return 'running';
  return 'unknown';
}

/** How it went on after the kept letters, one of each kind in a slot at most. */
function lettersSince(past: Past, now: Date): { slot: number; letter: Letter }[] {
  const { goodRunAt, historyFrom } = past;
  if (goodRunAt === null || historyFrom === null) return [];
  const start = historyFrom.getTime();
  const last = Math.floor((now.getTime() - start) / slotMs);
  const found: { slot: number; letter: Letter }[] = [];
  const put = (at: number, letter: Letter) => {
    const slot = Math.floor((at - start) / slotMs);
    if (slot < 0 || slot > last) return;
    // Whoever pauses backups knows that copies grow old.
    found.push({
      slot,
      letter: letter === 'L' && (past.paused || past.state === 'disconnected') ? '=' : letter,
    });
  };
  fillGap(put, { from: goodRunAt.getTime(), until: now.getTime(), target: past.target });
  return found;
}
