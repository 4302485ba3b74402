import type { StatusKind } from '#app/_ui/status.tsx';
import type { RestoreState } from '#db/enums.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';

export const restoreSteps = ['Pick', 'Where', 'Plan', 'Run', 'Verify'];

const looks: Record<RestoreState, { kind: StatusKind; word: string; step: number }> = {
  planning: { kind: 'run', word: 'making the plan', step: 2 },
  planned: { kind: 'wait', word: 'planned', step: 2 },
  running: { kind: 'run', word: 'running', step: 3 },
  verifying: { kind: 'run', word: 'reading back', step: 4 },
  done: { kind: 'done', word: 'done', step: 4 },
  failed: { kind: 'fail', word: 'stopped', step: 3 },
  cancelled: { kind: 'off', word: 'cancelled', step: 3 },
};

/** Its word, and at which of the steps it is. */
export function restoreLook(state: RestoreState) {
  return looks[state];
}

/** Differs when the page of a restore has something new to show. */
export function restoreStamp({ state, counts, endedAt }: RestoreView): string {
  const { written, verified, skipped, failed } = counts;
  return [state, written, verified, skipped, failed, endedAt?.getTime() ?? ''].join(' ');
}
