import type { StatusKind } from '#app/_ui/status.tsx';
import type { ExportState } from '#db/enums.ts';
import type { ExportView } from '#lib/services/exports/view.ts';

const looks: Record<ExportState, { kind: StatusKind; word: string }> = {
  queued: { kind: 'wait', word: 'waiting to start' },
  running: { kind: 'run', word: 'being made' },
  done: { kind: 'done', word: 'ready' },
  failed: { kind: 'fail', word: 'failed' },
  cancelled: { kind: 'off', word: 'cancelled' },
  expired: { kind: 'off', word: 'no longer kept' },
};

export function exportLook(state: ExportState): { kind: StatusKind; word: string } {
  return looks[state];
}

/** Differs when the page of an export has something new to show. */
export function exportStamp({ state, items, total, endedAt }: ExportView): string {
  return [state, items, total, endedAt?.getTime() ?? ''].join(' ');
}
