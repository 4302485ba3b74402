import { plural } from '#app/_ui/words.ts';
import type { Selection } from '#db/schema/restores.ts';

/** What a restore is of, without a word of what is in it. */
export function chosenWords(selection: Selection): string {
  switch (selection.kind) {
    case 'items':
      return plural(selection.itemIds.length, 'chosen item');
    case 'folder':
      return 'one folder and what is below it';
    case 'mailbox':
      return 'the whole mailbox';
  }
}
