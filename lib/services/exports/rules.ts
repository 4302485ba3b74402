import type { ExportState } from '#db/enums.ts';

/** Its archive is still to be made, or being made. */
export function isExportOpen(state: ExportState): boolean {
  return state === 'queued' || state === 'running';
}
