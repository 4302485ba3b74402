interface Going {
  destination:
    | { kind: 'original' }
    | { kind: 'folder'; name: string }
    | { kind: 'mailbox'; mailboxId: string; folderName: string };
}

export function destinationWords({ destination }: Going): string {
  switch (destination.kind) {
    case 'original':
      return 'the folders they came from';
    case 'folder':
      return `the new folder “${destination.name}”`;
    case 'mailbox':
      return `its folder “${destination.folderName}”`;
  }
}
