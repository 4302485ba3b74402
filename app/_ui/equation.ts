import { partTexts } from '#app/_texts/frame.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { OutcomeCounts } from './outcome-bar.tsx';

/** 318 items = 42 stored + 271 reused + 5 removed. Parts that are zero are left out. */
export function equation(counts: OutcomeCounts): string {
  if (counts.enumerated === 0) return partTexts.noChanges;
  const parts = (['stored', 'reused', 'removed', 'skipped', 'failed', 'open'] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `${formatCount(counts[name])} ${name}`);
  return partTexts.equation(formatCount(counts.enumerated), parts.join(' + '));
}
