import { restoreTexts } from '#app/_texts/restores.ts';
import { plural } from '#app/_ui/words.ts';
import type { Selection } from '#db/schema/restores.ts';

/** What a restore is of, without a word of what is in it. */
export function chosenWords(selection: Selection): string {
  switch (selection.kind) {
    case 'items':
      return plural(selection.itemIds.length, restoreTexts.chosen.item);
    case 'folder':
      return restoreTexts.chosen.folder;
    case 'mailbox':
      return restoreTexts.chosen.whole;
  }
}
