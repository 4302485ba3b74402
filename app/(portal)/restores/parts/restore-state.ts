import { restoreTexts } from '#app/_texts/restores.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import type { RestoreState } from '#db/enums.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';

const { states } = restoreTexts;

const looks: Record<RestoreState, { kind: StatusKind; word: string }> = {
  draft: { kind: 'wait', word: states.draft },
  planning: { kind: 'run', word: states.planning },
  planned: { kind: 'wait', word: states.planned },
  running: { kind: 'run', word: states.running },
  verifying: { kind: 'run', word: states.verifying },
  done: { kind: 'done', word: states.done },
  failed: { kind: 'fail', word: states.failed },
  cancelled: { kind: 'off', word: states.cancelled },
};

export function restoreLook(state: RestoreState): { kind: StatusKind; word: string } {
  return looks[state];
}

/** Differs when the page of a restore has something new to show. */
export function restoreStamp({ state, counts, endedAt }: RestoreView): string {
  const { written, verified, skipped, failed } = counts;
  return [state, written, verified, skipped, failed, endedAt?.getTime() ?? ''].join(' ');
}
