import type { StatusKind } from '#app/_ui/status.tsx';
import type { RestoreState } from '#db/enums.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';

const looks: Record<RestoreState, { kind: StatusKind; word: string }> = {
  draft: { kind: 'wait', word: 'being chosen' },
  planning: { kind: 'run', word: 'making the plan' },
  planned: { kind: 'wait', word: 'planned' },
  running: { kind: 'run', word: 'running' },
  verifying: { kind: 'run', word: 'reading back' },
  done: { kind: 'done', word: 'done' },
  failed: { kind: 'fail', word: 'stopped' },
  cancelled: { kind: 'off', word: 'cancelled' },
};

export function restoreLook(state: RestoreState): { kind: StatusKind; word: string } {
  return looks[state];
}

/** Differs when the page of a restore has something new to show. */
export function restoreStamp({ state, counts, endedAt }: RestoreView): string {
  const { written, verified, skipped, failed } = counts;
  return [state, written, verified, skipped, failed, endedAt?.getTime() ?? ''].join(' ');
}
