import type { ExportView } from '#lib/services/exports/view.ts';

/** Differs when the page of an export has something new to show. */
export function exportStamp({ state, items, total, endedAt }: ExportView): string {
  return [state, items, total, endedAt?.getTime() ?? ''].join(' ');
}
