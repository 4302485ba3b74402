import { exportTexts } from '#app/_texts/exports.ts';
import { plural } from '#app/_ui/words.ts';
import type { ExportView } from '#lib/services/exports/view.ts';

/** An export with the names people know its parts by. */
export interface NamedExport extends ExportView {
  tenantId: string;
  tenantName: string;
  /** Initials of the customer. */
  initials: string;
  mailboxName: string;
  /** Moment of the copy it takes from. */
  takenAt: Date | null;
  /** Path of the folder, where one was chosen and whoever looks may know it. */
  folder: string | null;
}

export function selectionWords({ selection, folder }: NamedExport): string {
  switch (selection.kind) {
    case 'items':
      return plural(selection.itemIds.length, exportTexts.item);
    case 'folder':
      return folder === null ? exportTexts.folder : exportTexts.folderOf(folder);
    case 'mailbox':
      return exportTexts.whole;
  }
}
