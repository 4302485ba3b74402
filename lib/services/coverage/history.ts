import type { RunState } from '#db/enums.ts';

/**
 * The outcomes of a month in a text: a letter for each half hour of UTC, and after it how many alike
 * follow each other where it is more than one. Days of every time zone can be read from it, and a
 * page reads 500 of them.
 *
 * `X` a run failed, `L` no good copy in time, `h` a good copy with gaps that are named, `.` within
 * the target, `=` a run was cancelled, blank nobody reported.
 */
export type Letter = 'X' | 'L' | 'h' | '.' | '=' | ' ';

export const slotMs = 30 * 60_000;
/** A day more than the longest list, since the first day of a zone may begin before that of UTC. */
export const historyMs = 32 * 24 * 3_600_000;
/** What the numbers of "30 days" count, beside which the rest of the history is for drawing days. */
export const countedMs = 30 * 24 * 3_600_000;

const ranks: Record<Letter, number> = { X: 5, L: 4, h: 3, '.': 2, '=': 1, ' ': 0 };

export function worse(a: Letter, b: Letter): Letter {
  return ranks[a] >= ranks[b] ? a : b;
}

/** Half hours that follow each other and are alike: `letter` up to `end`, which it does not reach. */
export interface Stretch {
  letter: Letter;
  end: number;
}

/** `....hX` as `.4hX`. */
function packLetters(letters: readonly Letter[]): string {
  let text = '';
  for (let from = 0; from < letters.length; ) {
    let to = from + 1;
    while (to < letters.length && letters[to] === letters[from]) to++;
    text += to - from === 1 ? letters[from] : `${letters[from]}${to - from}`;
    from = to;
  }
  return text;
}

/** The text read back; one without any numbers, as it was once kept, is read alike. */
export function stretchesOf(text: string): Stretch[] {
  const found: Stretch[] = [];
  let end = 0;
  for (let at = 0; at < text.length; ) {
    const letter = text[at++] as Letter;
    let times = 0;
    for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; ) {
      times = times * 10 + digit;
      digit = text.charCodeAt(++at) - 48;
    }
    end += times === 0 ? 1 : times;
    found.push({ letter, end });
  }
  return found;
}

/** What of an ended run the history is made of. */
export interface EndedRun {
  state: RunState;
  endedAt: Date;
  enumerated: number;
  stored: number;
  reused: number;
  removed: number;
  skipped: number;
  failed: number;
}

export interface History {
  text: string;
  from: Date;
  /** When the newest run ended that left good copies. */
  goodRunAt: Date | null;
  /** Of the gaps that ended within `countedMs`. */
  worstGapMs: number | null;
  medianGapMs: number | null;
  unexplainedItems: number;
}

/** A run after which there is a new copy of at least some mailboxes. */
export function leftCopies(state: RunState): boolean {
  return state === 'done' || state === 'incomplete';
}

/** Items that runs listed and did not account for, of those that ended within `countedMs` before `now`. */
export function countUnexplained(runs: readonly EndedRun[], now: Date): number {
  const since = now.getTime() - countedMs;
  let unexplained = 0;
  for (const run of runs) {
    if (run.endedAt.getTime() < since) continue;
    const accounted = run.stored + run.reused + run.removed + run.skipped + run.failed;
    unexplained += Math.max(0, run.enumerated - accounted);
  }
  return unexplained;
}

function letterOf(run: EndedRun): Letter {
  if (run.state === 'failed') return 'X';
  if (run.state === 'cancelled') return '=';
  return run.state === 'incomplete' || run.skipped + run.failed > 0 ? 'h' : '.';
}

/** @param runs that ended within `historyMs` before `now`, oldest first */
export function foldHistory(
  runs: readonly EndedRun[],
  { now, target }: { now: Date; target: number },
): History {
  const start = Math.floor((now.getTime() - historyMs) / slotMs) * slotMs;
  const letters: Letter[] = [];
  const put = (at: number, letter: Letter) => {
    const slot = Math.floor((at - start) / slotMs);
    if (slot < 0) return;
    while (letters.length <= slot) letters.push(' ');
    letters[slot] = worse(letters[slot]!, letter);
  };
  const gaps: number[] = [];
  const counted = now.getTime() - countedMs;
  let good: number | null = null;
  for (const run of runs) {
    const at = run.endedAt.getTime();
    if (leftCopies(run.state)) {
      if (good !== null) {
        if (at >= counted) gaps.push(at - good);
        fillGap(put, { from: good, until: at, target });
      }
      good = at;
    }
    put(at, letterOf(run));
  }
  gaps.sort((a, b) => a - b);
  return {
    text: packLetters(letters),
    from: new Date(start),
    goodRunAt: good === null ? null : new Date(good),
    worstGapMs: gaps.at(-1) ?? null,
    medianGapMs: gaps[Math.floor(gaps.length / 2)] ?? null,
    unexplainedItems: countUnexplained(runs, now),
  };
}

/**
 * Between two good copies all is well until the target is over; late is when it was, and when it
 * ended. What lies between nobody reported about.
 */
export function fillGap(
  put: (at: number, letter: Letter) => void,
  gap: { from: number; until: number; target: number },
): void {
  const inTime = Math.min(gap.until, gap.from + gap.target);
  for (let at = gap.from; at <= inTime; at += slotMs) put(at, '.');
  if (gap.until <= gap.from + gap.target) return;
  put(gap.from + gap.target, 'L');
  put(gap.until, 'L');
}
