import { restoreTexts } from '#app/_texts/restores.ts';

const texts = restoreTexts.destination;

interface Going {
  destination:
    | { kind: 'original' }
    | { kind: 'folder'; name: string }
    | { kind: 'mailbox'; mailboxId: string; folderName: string };
}

export function destinationWords({ destination }: Going): string {
  switch (destination.kind) {
    case 'original':
      return texts.original;
    case 'folder':
      return texts.folder(destination.name);
    case 'mailbox':
      return texts.mailbox(destination.folderName);
  }
}
