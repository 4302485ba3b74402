import type { StoredFolder } from '../store/item.ts';
import { isRead } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';
import type { Call } from './call.ts';
import { deltaPage } from './delta.ts';
import { badRequest, folderNotFound, GraphFailure, idMalformed } from './failures.ts';

/** The two faces of the same folders: import/export routes show every class, mail routes only mail. */
type Face = 'exchange' | 'mail';

const isMail = (folder: StoredFolder) => folder.type.toLowerCase().startsWith('ipf.note');

export function findFolder(mailbox: Mailbox, id: string): StoredFolder {
  const folder = mailbox.folder(id);
  if (folder) return folder;
  if (/^[a-z]+$/i.test(id) || mailbox.looksLikeId(id)) throw folderNotFound();
  throw idMalformed();
}

function root(mailbox: Mailbox): StoredFolder {
  return mailbox.wellKnown('msgfolderroot')!;
}

function shownChildren(
  mailbox: Mailbox,
  parent: StoredFolder,
  face: Face,
  hidden = false,
): StoredFolder[] {
  return mailbox
    .childrenOf(parent.folder)
    .filter((it) => (hidden || !it.hidden) && (face === 'exchange' || isMail(it)));
}

function render(mailbox: Mailbox, folder: StoredFolder, face: Face): Record<string, unknown> {
  const top = mailbox.folders.get(folder.parent ?? -1) ?? folder;
  const answer = {
    id: mailbox.folderId(folder.folder),
    displayName: folder.name,
    parentFolderId: mailbox.folderId(top.folder),
    childFolderCount: shownChildren(mailbox, folder, face).length,
    totalItemCount: mailbox.countIn(folder.folder),
    wellKnownName: folder.wellKnown,
  };
  if (face === 'exchange') return { ...answer, type: folder.type };
  const items = mailbox.itemsIn(folder.folder);
  return {
    ...answer,
    unreadItemCount: items.reduce((sum, item) => sum + (isRead(item) ? 0 : 1), 0),
    sizeInBytes: items.reduce((sum, item) => sum + item.size, 0),
    isHidden: folder.hidden,
  };
}

function fragment(call: Call, face: Face): string {
  const { mailbox } = call;
  return face === 'exchange'
    ? `admin/exchange/mailboxes('${mailbox.exchangeId}')/folders`
    : `users('${mailbox.userId}')/mailFolders`;
}

export const listFolders = (face: Face) => (call: Call) => {
  const { mailbox } = call;
  const parent =
    call.params.folder === undefined ? root(mailbox) : findFolder(mailbox, call.params.folder);
  const hidden = call.url.searchParams.get('includeHiddenFolders') === 'true';
  const { filter } = call.query;
  const names = filter.flatMap((it) =>
    it.on === 'field' && it.field === 'displayName' ? [it.value] : [],
  );
  const children = shownChildren(mailbox, parent, face, hidden).filter((folder) =>
    names.every((name) => folder.name.toLowerCase() === name.toLowerCase()),
  );
  return call.list(fragment(call, face), children, (folder) => render(mailbox, folder, face));
};

export const getFolder = (face: Face) => (call: Call) => {
  const folder = findFolder(call.mailbox, call.params.folder!);
  return call.entity(200, fragment(call, face), render(call.mailbox, folder, face));
};

/** Flat: every folder below the top, whatever its depth. */
export const foldersDelta = (face: Face) => (call: Call) => {
  const { mailbox } = call;
  const top = root(mailbox);
  return deltaPage(call, mailbox, mailbox.folderLog, {
    of: `folders:${face}`,
    context: `Collection(${face === 'exchange' ? 'mailboxFolder' : 'mailFolder'})`,
    gone: (change) => ({ id: mailbox.folderId(change.member) }),
    render: () => async (change) => {
      const folder = mailbox.folders.get(change.member);
      if (!folder || folder === top || !mailbox.inUserTree(folder)) return null;
      if (face === 'mail' && !isMail(folder)) return null;
      return render(mailbox, folder, face);
    },
  });
};

export const createFolder = (face: Face) => async (call: Call) => {
  const { mailbox, store } = call;
  const parent =
    call.params.folder === undefined ? root(mailbox) : findFolder(mailbox, call.params.folder);
  const body = await call.json();
  const name = nameIn(body);
  const type = typeof body.type === 'string' && face === 'exchange' ? body.type : 'IPF.Note';
  if (!/^IPF\./i.test(type)) throw badRequest(`'${type}' is no folder class.`);
  refuseTaken(mailbox, parent.folder, name);
  const folder = store.putFolder(mailbox, {
    parent: parent.folder,
    name,
    type,
    wellKnown: null,
    hidden: body.isHidden === true,
  });
  await call.entity(201, fragment(call, face), render(mailbox, folder, face));
};

export const renameFolder = (face: Face) => async (call: Call) => {
  const { mailbox, store } = call;
  const folder = findFolder(mailbox, call.params.folder!);
  const name = nameIn(await call.json());
  refuseTaken(mailbox, folder.parent, name, folder);
  const renamed = store.putFolder(mailbox, { ...folder, name });
  await call.entity(200, fragment(call, face), render(mailbox, renamed, face));
};

export const moveFolder = (face: Face) => async (call: Call) => {
  const { mailbox, store } = call;
  const folder = findFolder(mailbox, call.params.folder!);
  const { destinationId } = await call.json();
  const target = findFolder(mailbox, String(destinationId ?? ''));
  refuseDistinguished(folder);
  refuseTaken(mailbox, target.folder, folder.name, folder);
  const moved = store.putFolder(mailbox, { ...folder, parent: target.folder });
  await call.entity(201, fragment(call, face), render(mailbox, moved, face));
};

/** Into Deleted Items with all that is in it; from there for good. */
export const deleteFolder = () => (call: Call) => {
  const { mailbox, store } = call;
  const folder = findFolder(mailbox, call.params.folder!);
  refuseDistinguished(folder);
  const bin = mailbox.wellKnown('deleteditems')!;
  if (isBelow(mailbox, folder, bin)) purge(store, mailbox, folder);
  else {
    const taken = new Set(mailbox.childrenOf(bin.folder).map((it) => it.name.toLowerCase()));
    let { name } = folder;
    for (let number = 1; taken.has(name.toLowerCase()); number++) name = `${folder.name}${number}`;
    store.putFolder(mailbox, { ...folder, name, parent: bin.folder });
  }
  return call.reply.empty(204);
};

export const purgeFolder = () => (call: Call) => {
  const { mailbox, store } = call;
  const folder = findFolder(mailbox, call.params.folder!);
  refuseDistinguished(folder);
  purge(store, mailbox, folder);
  return call.reply.empty(204);
};

function purge(store: Store, mailbox: Mailbox, folder: StoredFolder): void {
  for (const child of mailbox.childrenOf(folder.folder)) purge(store, mailbox, child);
  for (const item of mailbox.itemsIn(folder.folder)) store.removeItem(mailbox, item.item);
  store.removeFolder(mailbox, folder.folder);
}

function isBelow(mailbox: Mailbox, folder: StoredFolder, above: StoredFolder): boolean {
  for (
    let at = mailbox.folders.get(folder.parent ?? -1);
    at;
    at = mailbox.folders.get(at.parent ?? -1)
  ) {
    if (at === above) return true;
  }
  return false;
}

function refuseDistinguished(folder: StoredFolder): void {
  if (folder.wellKnown) {
    throw badRequest('Distinguished folders cannot be deleted.', 'ErrorDeleteDistinguishedFolder');
  }
}

function refuseTaken(
  mailbox: Mailbox,
  parent: number | null,
  name: string,
  self?: StoredFolder,
): void {
  const taken = mailbox
    .childrenOf(parent ?? -1)
    .some((it) => it !== self && it.name.toLowerCase() === name.toLowerCase());
  if (taken) {
    throw new GraphFailure(
      409,
      'ErrorFolderExists',
      `A folder with the specified name already exists., Could not create folder '${name}'.`,
    );
  }
}

function nameIn(body: Record<string, unknown>): string {
  const { displayName } = body;
  if (typeof displayName !== 'string' || displayName.trim() === '' || displayName.length > 255) {
    throw badRequest(
      'A folder needs a displayName of 1 to 255 characters.',
      'ErrorInvalidFolderName',
    );
  }
  return displayName;
}
