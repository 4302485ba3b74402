import { runTexts } from '#app/_texts/runs.ts';
import { coarse } from '#app/_ui/words.ts';

/** An honest rest: a range, and none before there is something to measure. */
export function remaining(open: number, perSecond: number, elapsedMs: number): string {
  if (elapsedMs < 30_000 || perSecond <= 0 || open === 0) return runTexts.left.unknown;
  const seconds = open / perSecond;
  const low = coarse(seconds * 800);
  const high = coarse(seconds * 1500);
  return low === high ? runTexts.left.about(low) : runTexts.left.between(low, high);
}
