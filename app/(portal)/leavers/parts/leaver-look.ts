import { leaversTexts as texts } from '#app/_texts/fleet.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import { coarse } from '#app/_ui/words.ts';
import type { LeaverState } from '#lib/services/leavers/rules.ts';
import type { LeaverRow } from '#lib/services/leavers/view.ts';

const kinds: Record<LeaverState, StatusKind> = { safe: 'seal', gaps: 'gaps', none: 'none' };

export function leaverLook(state: LeaverState): { kind: StatusKind; word: string } {
  return { kind: kinds[state], word: texts.states[state] };
}

/** How it was noticed, and whether all of it is here. */
export function leaverSentence(leaver: LeaverRow): string {
  const how = texts.causes[leaver.cause ?? 'unknown'];
  if (leaver.unseenMs === null) return `${how}; ${texts.never}`;
  if (leaver.state === 'safe') return `${how}; ${texts.whole}`;
  return `${how}; ${texts.missing(coarse(leaver.unseenMs))}`;
}
