import { type EndedRun, leftCopies } from './history.ts';

/** Between two good copies: how far back one would have had to go at worst. */
export interface Recovery {
  barMs: number;
  bars: { at: Date; gapMs: number | null }[];
  target: number;
  worst: { gapMs: number; at: Date } | null;
  within: number;
  gaps: number;
}

const hourMs = 3_600_000;

/** A bar holds a few runs of the policy, so that most bars have one. */
export function barMsFor(everyMinutes: number): number {
  if (everyMinutes <= 120) return 4 * hourMs;
  return everyMinutes <= 720 ? 12 * hourMs : 24 * hourMs;
}

/** @param runs oldest first; those before `from` only tell when the first gap began */
export function foldRecovery(
  runs: readonly EndedRun[],
  span: {
    from: Date;
    now: Date;
    everyMinutes: number;
    target: number;
    /** Copies are expected; of a customer that has left none is. */
    goesOn: boolean;
  },
): Recovery {
  const { from, now, target } = span;
  const barMs = barMsFor(span.everyMinutes);
  const count = Math.ceil((now.getTime() - from.getTime()) / barMs);
  const bars: Recovery['bars'] = Array.from({ length: count }, (_, index) => ({
    at: new Date(from.getTime() + index * barMs),
    gapMs: null,
  }));
  let worst: Recovery['worst'] = null;
  let within = 0;
  let gaps = 0;
  const note = (gapMs: number, at: Date, ended: boolean) => {
    const bar = bars[Math.floor((at.getTime() - from.getTime()) / barMs)];
    if (bar === undefined) return;
    bar.gapMs = Math.max(bar.gapMs ?? 0, gapMs);
    if (worst === null || gapMs > worst.gapMs) worst = { gapMs, at };
    if (!ended && gapMs <= target) return;
    gaps++;
    if (gapMs <= target) within++;
  };
  let good: Date | null = null;
  for (const run of runs) {
    if (!leftCopies(run.state)) continue;
    if (good !== null && run.endedAt >= from) {
      note(run.endedAt.getTime() - good.getTime(), run.endedAt, true);
    }
    good = run.endedAt;
  }
  // The gap that is open now is one as well, as soon as it is too long.
  if (good !== null && span.goesOn)
    note(now.getTime() - good.getTime(), new Date(now.getTime() - 1), false);
  return { barMs, bars, target, worst, within, gaps };
}
