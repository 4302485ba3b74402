import { randomUUID } from 'node:crypto';
import { messageFlags, type StoredFolder, type StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { expandedAttachments } from './attachments.ts';
import type { Call } from './call.ts';
import { deltaPage } from './delta.ts';
import { extendedHolds, extendedPart, takeExtended } from './extended.ts';
import { badRequest, folderNotFound, itemNotFound } from './failures.ts';
import { findFolder } from './folders.ts';
import { discard, findItem } from './items.ts';
import { type Condition, holds, pick } from './odata.ts';

/** Events, contacts and tasks: JSON resources that live in folders of their own class. */
export interface ResourceKind {
  itemClass: string;
  folderClass: string;
  /** Well-known folder that is meant where no folder is named. */
  home: string;
  type: string;
  fragment: string;
  /** False for tasks: they tell neither a change key nor their folder. */
  isOutlookItem: boolean;
  defaults(call: Call): Record<string, unknown>;
}

const emptyBody = { contentType: 'text', content: '' };

export const eventKind: ResourceKind = {
  itemClass: 'IPM.Appointment',
  folderClass: 'IPF.Appointment',
  home: 'calendar',
  type: '#microsoft.graph.event',
  fragment: 'events',
  isOutlookItem: true,
  defaults: (call) => ({
    subject: '',
    bodyPreview: '',
    importance: 'normal',
    sensitivity: 'normal',
    isAllDay: false,
    isCancelled: false,
    isOrganizer: true,
    isReminderOn: true,
    reminderMinutesBeforeStart: 15,
    responseRequested: true,
    showAs: 'busy',
    type: 'singleInstance',
    hasAttachments: false,
    iCalUId: randomUUID().replaceAll('-', '').toUpperCase(),
    body: emptyBody,
    location: { displayName: '' },
    attendees: [],
    organizer: { emailAddress: { name: call.user?.displayName, address: call.user?.address } },
    recurrence: null,
    seriesMasterId: null,
  }),
};

export const contactKind: ResourceKind = {
  itemClass: 'IPM.Contact',
  folderClass: 'IPF.Contact',
  home: 'contacts',
  type: '#microsoft.graph.contact',
  fragment: 'contacts',
  isOutlookItem: true,
  defaults: () => ({
    displayName: '',
    givenName: null,
    surname: null,
    companyName: null,
    jobTitle: null,
    emailAddresses: [],
    businessPhones: [],
    homePhones: [],
    mobilePhone: null,
    personalNotes: '',
    birthday: null,
  }),
};

export const taskKind: ResourceKind = {
  itemClass: 'IPM.Task',
  folderClass: 'IPF.Task',
  home: 'tasks',
  type: '#microsoft.graph.todoTask',
  fragment: 'tasks',
  isOutlookItem: false,
  defaults: () => ({
    title: '',
    status: 'notStarted',
    importance: 'normal',
    isReminderOn: false,
    body: emptyBody,
    hasAttachments: false,
    categories: [],
  }),
};

/** Not settable: Exchange gives them (research/graph.md §9, 14). */
const given = new Set([
  'id',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'parentFolderId',
  'iCalUId',
  'uid',
  'transactionId',
  'organizer',
  'isOrganizer',
  'seriesMasterId',
  'webLink',
]);

function isOf(kind: ResourceKind, item: StoredItem): boolean {
  return (
    item.resource !== null &&
    `${item.itemClass.toLowerCase()}.`.startsWith(`${kind.itemClass.toLowerCase()}.`)
  );
}

function fragment(call: Call, kind: ResourceKind): string {
  return `users('${call.mailbox.userId}')/${kind.fragment}`;
}

function folderOf(call: Call, kind: ResourceKind): StoredFolder {
  const { mailbox } = call;
  if (call.params.folder === undefined) return mailbox.wellKnown(kind.home)!;
  const folder = findFolder(mailbox, call.params.folder);
  if (!isFolderOf(kind, folder)) throw folderNotFound();
  return folder;
}

function isFolderOf(kind: ResourceKind, folder: StoredFolder): boolean {
  return folder.type.toLowerCase().startsWith(kind.folderClass.toLowerCase());
}

function render(
  mailbox: Mailbox,
  kind: ResourceKind,
  item: StoredItem,
  immutable: boolean,
): Record<string, unknown> {
  const changeKey = mailbox.changeKey(item);
  const { attachments: _, ...resource } = item.resource!;
  return {
    '@odata.etag': `W/"${changeKey}"`,
    id: mailbox.itemId(item, immutable),
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
    ...(kind.isOutlookItem ? { changeKey, parentFolderId: mailbox.folderId(item.folder) } : {}),
    categories: item.categories,
    ...resource,
  };
}

async function renderWhole(
  call: Call,
  kind: ResourceKind,
  item: StoredItem,
): Promise<Record<string, unknown>> {
  const { select, extended, expandAttachments } = call.query;
  const attachments = expandAttachments
    ? { attachments: await expandedAttachments(call, item) }
    : {};
  const resource = {
    ...render(call.mailbox, kind, item, call.immutable),
    ...extendedPart(item, extended),
  };
  return { ...pick(resource, select), ...attachments };
}

function find(call: Call, kind: ResourceKind): StoredItem {
  const item = findItem(call.mailbox, call.params.item!);
  if (!isOf(kind, item)) throw itemNotFound();
  if (call.params.folder !== undefined && item.folder !== folderOf(call, kind).folder)
    throw itemNotFound();
  return item;
}

export const listResources = (kind: ResourceKind) => (call: Call) => {
  const { filter } = call.query;
  const items = call.mailbox
    .itemsIn(folderOf(call, kind).folder)
    .filter((item) => isOf(kind, item) && filter.every((it) => matches(item, it)));
  return call.list(fragment(call, kind), items, (item) => renderWhole(call, kind, item));
};

function matches(item: StoredItem, condition: Condition): boolean {
  if (condition.on === 'extended') return extendedHolds(item, condition);
  let value: unknown = {
    ...item.resource,
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
  };
  for (const name of condition.field.split('/'))
    value = (value as Record<string, unknown> | undefined)?.[name];
  return holds(value, condition.operator, condition.value);
}

export const getResource = (kind: ResourceKind) => async (call: Call) => {
  await call.entity(200, fragment(call, kind), await renderWhole(call, kind, find(call, kind)));
};

export const createResource = (kind: ResourceKind) => async (call: Call) => {
  const body = await call.json();
  const { singleValueExtendedProperties, categories, ...rest } = body;
  const taken = takeExtended(singleValueExtendedProperties);
  if (kind === eventKind && (!rest.start || !rest.end)) {
    throw badRequest('An event needs a start and an end.', 'ErrorPropertyValidationFailure');
  }
  if (kind === taskKind && typeof rest.title !== 'string')
    throw badRequest('A task needs a title.');
  const settable = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !given.has(name) && !name.startsWith('@')),
  );
  const attendees = settable.attendees;
  if (Array.isArray(attendees)) call.world.stats.invitationsSent += attendees.length;
  const attachments = Array.isArray(settable.attachments) ? settable.attachments : [];
  const resource = {
    ...kind.defaults(call),
    ...settable,
    ...(attachments.length > 0 ? { hasAttachments: true } : {}),
  };
  const now = new Date().toISOString();
  const stored = call.store.putItem(call.mailbox, {
    folder: folderOf(call, kind).folder,
    itemClass: taken.itemClass ?? kind.itemClass,
    created: now,
    modified: now,
    received: now,
    size: JSON.stringify(resource).length,
    categories: Array.isArray(categories) ? categories.map(String) : [],
    flags: messageFlags.read,
    followUp: 'notFlagged',
    importance: 'normal',
    extended: taken.extended,
    mail: null,
    resource,
  });
  await call.entity(201, fragment(call, kind), await renderWhole(call, kind, stored));
};

export const updateResource = (kind: ResourceKind) => async (call: Call) => {
  const item = find(call, kind);
  const { singleValueExtendedProperties, categories, ...rest } = await call.json();
  const settable = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !given.has(name) && !name.startsWith('@')),
  );
  const stored = call.store.putItem(call.mailbox, {
    ...item,
    modified: new Date().toISOString(),
    categories: Array.isArray(categories) ? categories.map(String) : item.categories,
    extended: { ...item.extended, ...takeExtended(singleValueExtendedProperties).extended },
    resource: { ...item.resource, ...settable },
  });
  await call.entity(200, fragment(call, kind), await renderWhole(call, kind, stored));
};

export const deleteResource = (kind: ResourceKind) => (call: Call) => {
  const item = find(call, kind);
  if (kind === taskKind) call.store.removeItem(call.mailbox, item.item);
  else discard(call, item, false);
  return call.reply.empty(204);
};

export const resourcesDelta = (kind: ResourceKind) => (call: Call) => {
  const { mailbox, immutable } = call;
  const { folder } = folderOf(call, kind);
  return deltaPage(call, mailbox, mailbox.log(folder), {
    of: `${kind.fragment}:${folder}`,
    context: `Collection(${kind.type.split('.').at(-1)})`,
    gone: (change) => ({ id: mailbox.itemId({ item: change.member, folder }, immutable) }),
    render: (select) => async (change) => {
      const item = mailbox.items.get(change.member);
      return item && isOf(kind, item) ? pick(render(mailbox, kind, item, immutable), select) : null;
    },
  });
};

/** Calendars, contact folders, task lists. The default contact folder is not among its kind (§9, 23). */
export const listHomes = (kind: ResourceKind) => (call: Call) => {
  const { mailbox } = call;
  const folders = [...mailbox.folders.values()].filter(
    (folder) =>
      isFolderOf(kind, folder) &&
      mailbox.inUserTree(folder) &&
      !(kind === contactKind && folder.wellKnown === kind.home),
  );
  const name = { events: 'calendars', contacts: 'contactFolders', tasks: 'todo/lists' }[
    kind.fragment
  ];
  return call.list(
    `users('${mailbox.userId}')/${name}`,
    folders,
    (folder) => renderHome(mailbox, kind, folder),
    100,
  );
};

export const getHome = (kind: ResourceKind) => (call: Call) => {
  const folder = folderOf(call, kind);
  return call.entity(
    200,
    `users('${call.mailbox.userId}')/${kind.fragment}`,
    renderHome(call.mailbox, kind, folder),
  );
};

function renderHome(
  mailbox: Mailbox,
  kind: ResourceKind,
  folder: StoredFolder,
): Record<string, unknown> {
  const id = mailbox.folderId(folder.folder);
  const isDefault = folder.wellKnown === kind.home;
  if (kind === eventKind)
    return { id, name: folder.name, isDefaultCalendar: isDefault, canEdit: true };
  if (kind === taskKind) {
    const wellknownListName = isDefault ? 'defaultList' : 'none';
    return { id, displayName: folder.name, isOwner: true, isShared: false, wellknownListName };
  }
  return {
    id,
    displayName: folder.name,
    parentFolderId: mailbox.folderId(folder.parent ?? folder.folder),
  };
}
