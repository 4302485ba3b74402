import type { StoredFolder } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';

type Row = [wellKnown: string, english: string, german: string, type: string];

const distinguished: Row[] = [
  ['inbox', 'Inbox', 'Posteingang', 'IPF.Note'],
  ['drafts', 'Drafts', 'Entwürfe', 'IPF.Note'],
  ['sentitems', 'Sent Items', 'Gesendete Elemente', 'IPF.Note'],
  ['deleteditems', 'Deleted Items', 'Gelöschte Elemente', 'IPF.Note'],
  ['junkemail', 'Junk Email', 'Junk-E-Mail', 'IPF.Note'],
  ['archive', 'Archive', 'Archiv', 'IPF.Note'],
  ['outbox', 'Outbox', 'Postausgang', 'IPF.Note'],
  ['conversationhistory', 'Conversation History', 'Aufgezeichnete Unterhaltungen', 'IPF.Note'],
  ['calendar', 'Calendar', 'Kalender', 'IPF.Appointment'],
  ['contacts', 'Contacts', 'Kontakte', 'IPF.Contact'],
  ['tasks', 'Tasks', 'Aufgaben', 'IPF.Task'],
  ['notes', 'Notes', 'Notizen', 'IPF.StickyNote'],
  ['journal', 'Journal', 'Journal', 'IPF.Journal'],
];

/** The folders that every new mailbox has, named in its user's language. */
export function makeFolders(store: Store, mailbox: Mailbox, language: 'en' | 'de'): void {
  const root = store.putFolder(mailbox, {
    parent: null,
    name:
      language === 'de' ? 'Oberste Ebene des Informationsspeichers' : 'Top of Information Store',
    type: 'IPF.Note',
    wellKnown: 'msgfolderroot',
    hidden: false,
  });
  for (const [wellKnown, english, german, type] of distinguished) {
    const name = language === 'de' ? german : english;
    store.putFolder(mailbox, { parent: root.folder, name, type, wellKnown, hidden: false });
  }
  const recoverable = store.putFolder(mailbox, {
    parent: null,
    name: 'Recoverable Items',
    type: 'IPF.Note',
    wellKnown: 'recoverableitemsroot',
    hidden: true,
  });
  store.putFolder(mailbox, {
    parent: recoverable.folder,
    name: 'Deletions',
    type: 'IPF.Note',
    wellKnown: 'recoverableitemsdeletions',
    hidden: true,
  });
}

/** Finds or makes a folder by its path below the top, or below a well-known folder. */
export function folderAt(
  store: Store,
  mailbox: Mailbox,
  above: string,
  path: readonly string[],
): StoredFolder {
  let at = mailbox.wellKnown(above)!;
  for (const name of path) {
    const parent = at;
    at =
      mailbox.childrenOf(parent.folder).find((folder) => folder.name === name) ??
      newFolder(store, mailbox, parent, name);
  }
  return at;
}

export function newFolder(
  store: Store,
  mailbox: Mailbox,
  parent: StoredFolder,
  name: string,
): StoredFolder {
  const { folder } = parent;
  return store.putFolder(mailbox, {
    parent: folder,
    name,
    type: 'IPF.Note',
    wellKnown: null,
    hidden: false,
  });
}
