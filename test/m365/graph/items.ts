import type { StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Call } from './call.ts';
import { deltaPage } from './delta.ts';
import { extendedHolds, extendedPart } from './extended.ts';
import { badRequest, idMalformed, itemNotFound, syncFolderNotFound } from './failures.ts';
import { findFolder } from './folders.ts';
import { type Condition, holds, pick } from './odata.ts';

/** An item as the import/export routes show it: no subject, no sender (research/graph.md §2.3). */
function render(mailbox: Mailbox, item: StoredItem, immutable: boolean): Record<string, unknown> {
  const changeKey = mailbox.changeKey(item);
  return {
    '@odata.type': '#microsoft.graph.mailboxItem',
    '@odata.etag': `W/"${changeKey}"`,
    id: mailbox.itemId(item, immutable),
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
    changeKey,
    categories: item.categories,
    type: item.itemClass,
    size: item.size,
  };
}

function fragment(mailbox: Mailbox, folder: number): string {
  return `admin/exchange/mailboxes('${mailbox.exchangeId}')/folders('${mailbox.folderId(folder)}')/items`;
}

export function findItem(mailbox: Mailbox, id: string): StoredItem {
  const item = mailbox.item(id);
  if (item) return item;
  throw mailbox.looksLikeId(id) ? itemNotFound() : idMalformed();
}

function itemIn(call: Call): StoredItem {
  const { mailbox } = call;
  const folder = findFolder(mailbox, call.params.folder!);
  const item = findItem(mailbox, call.params.item!);
  if (item.folder !== folder.folder) throw itemNotFound();
  return item;
}

export function listItems(call: Call): Promise<void> {
  const { mailbox, immutable } = call;
  const { filter, orderBy, select, extended } = call.query;
  const folder = findFolder(mailbox, call.params.folder!);
  const items = mailbox
    .itemsIn(folder.folder)
    .filter((item) => filter.every((it) => matches(item, it)));
  sortItems(items, orderBy);
  return call.list(fragment(mailbox, folder.folder), items, (item) =>
    pick({ ...render(mailbox, item, immutable), ...extendedPart(item, extended) }, select),
  );
}

function matches(item: StoredItem, condition: Condition): boolean {
  if (condition.on === 'extended') return extendedHolds(item, condition);
  const { field, operator, value } = condition;
  const known: Record<string, unknown> = {
    type: item.itemClass,
    size: item.size,
    createdDateTime: item.created,
    lastModifiedDateTime: item.modified,
    receivedDateTime: item.received,
  };
  if (!(field in known)) throw badRequest(`Could not find a property named '${field}'.`);
  if (field === 'size')
    return holds(String(item.size).padStart(12, '0'), operator, value.padStart(12, '0'));
  return holds(known[field], operator, value);
}

function sortItems(items: StoredItem[], orderBy: string | null): void {
  const [field = 'createdDateTime', direction = 'desc'] = (orderBy ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const key = (item: StoredItem) =>
    field === 'lastModifiedDateTime'
      ? item.modified
      : field === 'receivedDateTime'
        ? item.received
        : item.created;
  const sign = direction === 'desc' ? -1 : 1;
  items.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.item - b.item));
}

export function getItem(call: Call): Promise<void> {
  const { mailbox, immutable } = call;
  const { select, extended } = call.query;
  const item = itemIn(call);
  return call.entity(
    200,
    fragment(mailbox, item.folder),
    pick({ ...render(mailbox, item, immutable), ...extendedPart(item, extended) }, select),
  );
}

export function itemsDelta(call: Call): Promise<void> {
  const { mailbox, immutable } = call;
  const folder = mailbox.folder(call.params.folder!);
  if (!folder) throw syncFolderNotFound();
  return deltaPage(call, mailbox, mailbox.log(folder.folder), {
    of: `items:${folder.folder}`,
    context: 'Collection(mailboxItem)',
    gone: (change) => ({
      '@odata.type': '#microsoft.graph.mailboxItem',
      id: mailbox.itemId({ item: change.member, folder: folder.folder }, immutable),
    }),
    render: (select) => async (change) => {
      const item = mailbox.items.get(change.member);
      return item ? pick(render(mailbox, item, immutable), select) : null;
    },
  });
}

/** `disposalType`: moveToDeletedItems (where nothing is said), softDelete, hardDelete. */
export function deleteItem(call: Call): Promise<void> {
  const { mailbox } = call;
  const item = itemIn(call);
  const how = call.url.searchParams.get('disposalType') ?? 'moveToDeletedItems';
  if (/^hardDelete$/i.test(how)) call.store.removeItem(mailbox, item.item);
  else discard(call, item, /^softDelete$/i.test(how));
  return call.reply.empty(204);
}

/** Into Deleted Items; what is there already (or is deleted softly) goes to the recoverable items. */
export function discard(call: Call, item: StoredItem, soft: boolean): void {
  const { mailbox } = call;
  const bin = mailbox.wellKnown('deleteditems')!;
  const recoverable = mailbox.wellKnown('recoverableitemsdeletions')!;
  const target = soft || item.folder === bin.folder ? recoverable : bin;
  if (item.folder === recoverable.folder) call.store.removeItem(mailbox, item.item);
  else
    call.store.putItem(mailbox, {
      ...item,
      folder: target.folder,
      modified: new Date().toISOString(),
    });
}
