import { getAttachment, getAttachmentBytes, listAttachments } from './attachments.ts';
import type { Call } from './call.ts';
import { exportItems } from './export.ts';
import {
  createFolder,
  deleteFolder,
  foldersDelta,
  getFolder,
  listFolders,
  moveFolder,
  purgeFolder,
  renameFolder,
} from './folders.ts';
import { createImportSession } from './import.ts';
import { deleteItem, getItem, itemsDelta, listItems } from './items.ts';
import {
  copyMessage,
  createMessage,
  deleteMessage,
  getMessage,
  getMime,
  listMessages,
  messagesDelta,
  mimeInFolderRefused,
  moveMessage,
  purgeMessage,
  updateMessage,
} from './messages.ts';
import {
  contactKind,
  createResource,
  deleteResource,
  eventKind,
  getHome,
  getResource,
  listHomes,
  listResources,
  type ResourceKind,
  resourcesDelta,
  taskKind,
  updateResource,
} from './resources.ts';
import {
  deleteUser,
  getExchangeSettings,
  getMailboxSettings,
  getUser,
  getUserPurpose,
  listDeletedUsers,
  listOrganisation,
  listUsers,
  usersDelta,
} from './users.ts';

export interface Route {
  method: string;
  /** Below `/v1.0`; `:name` is one segment. */
  path: string;
  /** What it is called in counters and fault menus. */
  kind: string;
  /** Application permissions of which one suffices (research/graph.md §1.11). */
  roles: readonly string[];
  handler: (call: Call) => Promise<void>;
}

const directoryRead = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'];
const foldersWrite = ['MailboxFolder.ReadWrite.All'];
const foldersRead = ['MailboxFolder.Read.All', ...foldersWrite];
const itemsWrite = ['MailboxItem.ReadWrite.All'];
const itemsRead = ['MailboxItem.Read.All', ...itemsWrite];
const importing = ['MailboxItem.ImportExport.All'];
const exporting = ['MailboxItem.Export.All', ...importing];
const mailWrite = ['Mail.ReadWrite'];
const mailRead = ['Mail.Read', ...mailWrite];
const mailBasic = ['Mail.ReadBasic.All', ...mailRead];
const anyMailbox = [
  ...new Set([
    ...directoryRead,
    ...foldersRead,
    ...itemsRead,
    ...exporting,
    ...mailBasic,
    'MailboxSettings.Read',
  ]),
];

const route = (
  method: string,
  path: string,
  kind: string,
  roles: readonly string[],
  handler: Route['handler'],
): Route => ({ method, path, kind, roles, handler });

const exchange = '/admin/exchange/mailboxes/:mailbox';
const user = '/users/:user';

function resourceRoutes(
  kind: ResourceKind,
  paths: { homes: string; short: string | null },
  roles: { read: string[]; write: string[] },
): Route[] {
  const name = kind.fragment;
  const all: Route[] = [
    route('GET', `${user}/${paths.homes}`, `${name}.homes`, roles.read, listHomes(kind)),
    route('GET', `${user}/${paths.homes}/:folder`, `${name}.home`, roles.read, getHome(kind)),
  ];
  const places = [`${user}/${paths.homes}/:folder/${name}`];
  if (paths.short) places.push(`${user}/${paths.short}`);
  for (const place of places) {
    all.push(
      route('GET', place, `${name}.list`, roles.read, listResources(kind)),
      route('POST', place, `${name}.create`, roles.write, createResource(kind)),
      route('GET', `${place}/delta`, `${name}.delta`, roles.read, resourcesDelta(kind)),
      route('GET', `${place}/:item`, `${name}.get`, roles.read, getResource(kind)),
      route('PATCH', `${place}/:item`, `${name}.update`, roles.write, updateResource(kind)),
      route('DELETE', `${place}/:item`, `${name}.delete`, roles.write, deleteResource(kind)),
      route('GET', `${place}/:item/attachments`, 'attachments.list', roles.read, listAttachments),
      route(
        'GET',
        `${place}/:item/attachments/:attachment`,
        'attachments.get',
        roles.read,
        getAttachment,
      ),
      route(
        'GET',
        `${place}/:item/attachments/:attachment/$value`,
        'attachments.value',
        roles.read,
        getAttachmentBytes,
      ),
    );
  }
  return all;
}

/** Literal segments win over `:name`; otherwise the order does not matter. */
export const routes: readonly Route[] = [
  route(
    'GET',
    '/organization',
    'organization',
    ['Organization.Read.All', ...directoryRead],
    listOrganisation,
  ),
  route('GET', '/users', 'users.list', directoryRead, listUsers),
  route('GET', '/users/delta', 'users.delta', directoryRead, usersDelta),
  route('GET', user, 'users.get', directoryRead, getUser),
  route('DELETE', user, 'users.delete', ['User.ReadWrite.All'], deleteUser),
  route(
    'GET',
    '/directory/deletedItems/microsoft.graph.user',
    'users.deleted',
    directoryRead,
    listDeletedUsers,
  ),
  route('GET', `${user}/settings/exchange`, 'settings.exchange', anyMailbox, getExchangeSettings),
  route(
    'GET',
    `${user}/mailboxSettings`,
    'settings.mailbox',
    ['MailboxSettings.Read'],
    getMailboxSettings,
  ),
  route(
    'GET',
    `${user}/mailboxSettings/userPurpose`,
    'settings.purpose',
    ['MailboxSettings.Read'],
    getUserPurpose,
  ),

  route('GET', `${exchange}/folders`, 'folders.list', foldersRead, listFolders('exchange')),
  route('POST', `${exchange}/folders`, 'folders.create', foldersWrite, createFolder('exchange')),
  route('GET', `${exchange}/folders/delta`, 'folders.delta', foldersRead, foldersDelta('exchange')),
  route('GET', `${exchange}/folders/:folder`, 'folders.get', foldersRead, getFolder('exchange')),
  route(
    'PATCH',
    `${exchange}/folders/:folder`,
    'folders.update',
    foldersWrite,
    renameFolder('exchange'),
  ),
  route('DELETE', `${exchange}/folders/:folder`, 'folders.delete', foldersWrite, deleteFolder()),
  route(
    'GET',
    `${exchange}/folders/:folder/childFolders`,
    'folders.list',
    foldersRead,
    listFolders('exchange'),
  ),
  route(
    'POST',
    `${exchange}/folders/:folder/childFolders`,
    'folders.create',
    foldersWrite,
    createFolder('exchange'),
  ),
  route('GET', `${exchange}/folders/:folder/items`, 'items.list', itemsRead, listItems),
  route('GET', `${exchange}/folders/:folder/items/delta`, 'items.delta', itemsRead, itemsDelta),
  route('GET', `${exchange}/folders/:folder/items/:item`, 'items.get', itemsRead, getItem),
  route(
    'DELETE',
    `${exchange}/folders/:folder/items/:item`,
    'items.delete',
    itemsWrite,
    deleteItem,
  ),
  route('POST', `${exchange}/exportItems`, 'exportItems', exporting, exportItems),
  route(
    'POST',
    `${exchange}/createImportSession`,
    'createImportSession',
    importing,
    createImportSession,
  ),

  route('GET', `${user}/mailFolders`, 'mailFolders.list', mailBasic, listFolders('mail')),
  route('POST', `${user}/mailFolders`, 'mailFolders.create', mailWrite, createFolder('mail')),
  route('GET', `${user}/mailFolders/delta`, 'mailFolders.delta', mailBasic, foldersDelta('mail')),
  route('GET', `${user}/mailFolders/:folder`, 'mailFolders.get', mailBasic, getFolder('mail')),
  route(
    'PATCH',
    `${user}/mailFolders/:folder`,
    'mailFolders.update',
    mailWrite,
    renameFolder('mail'),
  ),
  route('DELETE', `${user}/mailFolders/:folder`, 'mailFolders.delete', mailWrite, deleteFolder()),
  route(
    'POST',
    `${user}/mailFolders/:folder/permanentDelete`,
    'mailFolders.purge',
    mailWrite,
    purgeFolder(),
  ),
  route(
    'POST',
    `${user}/mailFolders/:folder/move`,
    'mailFolders.move',
    mailWrite,
    moveFolder('mail'),
  ),
  route(
    'GET',
    `${user}/mailFolders/:folder/childFolders`,
    'mailFolders.list',
    mailBasic,
    listFolders('mail'),
  ),
  route(
    'POST',
    `${user}/mailFolders/:folder/childFolders`,
    'mailFolders.create',
    mailWrite,
    createFolder('mail'),
  ),
  route('GET', `${user}/mailFolders/:folder/messages`, 'messages.list', mailRead, listMessages),
  route(
    'POST',
    `${user}/mailFolders/:folder/messages`,
    'messages.create',
    mailWrite,
    createMessage,
  ),
  route(
    'GET',
    `${user}/mailFolders/:folder/messages/delta`,
    'messages.delta',
    mailBasic,
    messagesDelta,
  ),
  route(
    'GET',
    `${user}/mailFolders/:folder/messages/:item/$value`,
    'messages.value',
    mailRead,
    async () => mimeInFolderRefused(),
  ),
  route('GET', `${user}/messages`, 'messages.list', mailRead, listMessages),
  route('POST', `${user}/messages`, 'messages.create', mailWrite, createMessage),
  route('GET', `${user}/messages/:item`, 'messages.get', mailRead, getMessage),
  route('PATCH', `${user}/messages/:item`, 'messages.update', mailWrite, updateMessage),
  route('DELETE', `${user}/messages/:item`, 'messages.delete', mailWrite, deleteMessage),
  route(
    'POST',
    `${user}/messages/:item/permanentDelete`,
    'messages.purge',
    mailWrite,
    purgeMessage,
  ),
  route('POST', `${user}/messages/:item/move`, 'messages.move', mailWrite, moveMessage),
  route('POST', `${user}/messages/:item/copy`, 'messages.copy', mailWrite, copyMessage),
  route('GET', `${user}/messages/:item/$value`, 'messages.value', mailRead, getMime),
  route('GET', `${user}/messages/:item/attachments`, 'attachments.list', mailRead, listAttachments),
  route(
    'GET',
    `${user}/messages/:item/attachments/:attachment`,
    'attachments.get',
    mailRead,
    getAttachment,
  ),
  route(
    'GET',
    `${user}/messages/:item/attachments/:attachment/$value`,
    'attachments.value',
    mailRead,
    getAttachmentBytes,
  ),

  ...resourceRoutes(
    eventKind,
    { homes: 'calendars', short: 'events' },
    { read: ['Calendars.Read', 'Calendars.ReadWrite'], write: ['Calendars.ReadWrite'] },
  ),
  ...resourceRoutes(
    contactKind,
    { homes: 'contactFolders', short: 'contacts' },
    { read: ['Contacts.Read', 'Contacts.ReadWrite'], write: ['Contacts.ReadWrite'] },
  ),
  ...resourceRoutes(
    taskKind,
    { homes: 'todo/lists', short: null },
    { read: ['Tasks.Read.All', 'Tasks.ReadWrite.All'], write: ['Tasks.ReadWrite.All'] },
  ),
];
