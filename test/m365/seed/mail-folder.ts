import type { Dirent } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { addressName, contoso } from '../entra/organisations.ts';
import { readMessage, receivedAt } from '../mime/read.ts';
import { messageFlags, type StoredFolder } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';
import { makeFolders, newFolder } from './mailbox-folders.ts';
import { mailboxUser } from './people.ts';

/**
 * Fills an empty store from a folder of .eml files. Each folder on the first level is a mailbox;
 * folders below become mail folders; files right inside go to the Inbox. A folder that holds
 * messages itself is one mailbox. Files named .msg count when they hold text, as mail does.
 */
export async function seedFromMail(store: Store, directory: string): Promise<void> {
  const entries = await sorted(directory);
  const folders = entries.filter((entry) => entry.isDirectory());
  const isMailbox = entries.some(isMessageFile) || folders.length === 0;
  const roots = isMailbox ? [directory] : folders.map((entry) => join(directory, entry.name));
  for (const root of roots) {
    const name = basename(root);
    const address = `${addressName(name)}@${contoso.domain}`;
    const user = mailboxUser({
      name,
      address,
      title: null,
      language: 'en',
      kind: 'user',
      seed: root,
    });
    const mailbox = store.addUser(user)!;
    makeFolders(store, mailbox, 'en');
    await take(store, mailbox, root, mailbox.wellKnown('inbox')!, true);
  }
}

async function sorted(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isMessageFile(entry: Dirent): boolean {
  return entry.isFile() && /\.(eml|msg)$/i.test(entry.name);
}

async function take(
  store: Store,
  mailbox: Mailbox,
  directory: string,
  target: StoredFolder,
  top: boolean,
): Promise<void> {
  for (const entry of await sorted(directory)) {
    const path = join(directory, entry.name);
    if (isMessageFile(entry) && !(await isBinary(path)))
      await takeFile(store, mailbox, path, target);
    if (!entry.isDirectory()) continue;
    await take(
      store,
      mailbox,
      path,
      folderFor(store, mailbox, entry.name, top ? null : target),
      false,
    );
  }
}

/** Folders named like a well-known one are that one. */
function folderFor(
  store: Store,
  mailbox: Mailbox,
  name: string,
  parent: StoredFolder | null,
): StoredFolder {
  const root = mailbox.wellKnown('msgfolderroot')!;
  const known = mailbox
    .childrenOf(root.folder)
    .find((folder) => folder.name.toLowerCase() === name.toLowerCase());
  if (!parent && known) return known;
  return newFolder(store, mailbox, parent ?? root, name.slice(0, 255));
}

/** Outlook's own .msg files are compound documents, no mail. */
async function isBinary(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32BE() === 0xd0cf11e0;
  } finally {
    await file.close();
  }
}

async function takeFile(
  store: Store,
  mailbox: Mailbox,
  path: string,
  folder: StoredFolder,
): Promise<void> {
  const mime = await readFile(path);
  const { facts, segments, itemClass } = readMessage(mime);
  const at = receivedAt(mime, facts);
  store.putItem(mailbox, {
    folder: folder.folder,
    itemClass,
    created: at,
    modified: at,
    received: at,
    size: mime.length,
    categories: [],
    flags: messageFlags.read,
    followUp: 'notFlagged',
    importance: 'normal',
    extended: {},
    mail: { facts, segments, content: await store.content.put(mime) },
    resource: null,
  });
}
