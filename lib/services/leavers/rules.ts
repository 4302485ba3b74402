/** Whether what was sealed is all there was. */
export const leaverStates = ['none', 'gaps', 'safe'] as const;
export type LeaverState = (typeof leaverStates)[number];

export interface SealedFacts {
  sealedAt: Date;
  lastGoodAt: Date | null;
  /** `done`, or what the last run said. */
  lastOutcome: string | null;
  target: number;
}

/** How long nobody copied before it went; null without a copy. */
export function unseenMs({ sealedAt, lastGoodAt }: SealedFacts): number | null {
  return lastGoodAt === null ? null : Math.max(0, sealedAt.getTime() - lastGoodAt.getTime());
}

export function leaverState(facts: SealedFacts): LeaverState {
  const unseen = unseenMs(facts);
  if (unseen === null) return 'none';
  return facts.lastOutcome === 'done' && unseen <= facts.target ? 'safe' : 'gaps';
}

/** Which rungs are reached: noticed, copied, verified, sealed, safe. */
export function rungs(facts: SealedFacts): boolean[] {
  const copied = facts.lastGoodAt !== null;
  const verified = copied && facts.lastOutcome === 'done';
  return [true, copied, verified, true, leaverState(facts) === 'safe'];
}
