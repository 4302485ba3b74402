import { exportTexts } from '#app/_texts/exports.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import type { ExportState } from '#db/enums.ts';
import type { ExportView } from '#lib/services/exports/view.ts';

const { states } = exportTexts;

const looks: Record<ExportState, { kind: StatusKind; word: string }> = {
  queued: { kind: 'wait', word: states.queued },
  running: { kind: 'run', word: states.running },
  done: { kind: 'done', word: states.done },
  failed: { kind: 'fail', word: states.failed },
  cancelled: { kind: 'off', word: states.cancelled },
  expired: { kind: 'off', word: states.expired },
};

export function exportLook(state: ExportState): { kind: StatusKind; word: string } {
  return looks[state];
}

/** Differs when the page of an export has something new to show. */
export function exportStamp({ state, items, total, endedAt }: ExportView): string {
  return [state, items, total, endedAt?.getTime() ?? ''].join(' ');
}
