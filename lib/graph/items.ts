import type { GraphClient, GraphPage } from './client.ts';
import { isNotFound } from './errors.ts';

/** An item as the item routes show it: no subject, sender or body (research/graph.md §2.3). */
export interface MailboxItem {
  id: string;
  changeKey?: string;
  categories?: string[];
  createdDateTime?: string;
  lastModifiedDateTime?: string;
  size?: number;
  /** Message class. */
  type?: string;
  '@removed'?: { reason: string };
  singleValueExtendedProperties?: Array<{ id: string; value: string }>;
}

function itemsOf(mailboxId: string, folderId: string): string {
  return `/admin/exchange/mailboxes/${encodeURIComponent(mailboxId)}/folders/${encodeURIComponent(folderId)}/items`;
}

/**
 * One page of what changed in a folder. Without a link: everything that is there, page by page.
 *
 * A page may be empty and still have a next link, name an id twice, or repeat what was told before;
 * `@removed` is a claim (research/graph.md §4.1).
 * @param link a next or delta link of an earlier page, followed verbatim
 * @throws GraphError `expired` when Microsoft forgot the link; `not-found` when the folder is gone
 */
export function itemsDelta(
  client: GraphClient,
  target: { mailboxId: string; folderId: string },
  link: string | null,
  options: { pageSize: number; signal?: AbortSignal },
): Promise<GraphPage<MailboxItem>> {
  return client.page<MailboxItem>({
    path: link ?? `${itemsOf(target.mailboxId, target.folderId)}/delta`,
    prefer: [`odata.maxpagesize=${options.pageSize}`],
    signal: options.signal,
    delta: true,
  });
}

/** Every item of a folder as it is now, without keeping a cursor. */
export async function* allItems(
  client: GraphClient,
  target: { mailboxId: string; folderId: string },
  signal?: AbortSignal,
): AsyncGenerator<MailboxItem> {
  let link: string | null = null;
  const seen = new Set<string>();
  do {
    const page: GraphPage<MailboxItem> = await itemsDelta(client, target, link, {
      pageSize: 500,
      ...(signal ? { signal } : {}),
    });
    for (const item of page.value) {
      if (item['@removed'] || seen.has(item.id)) continue;
      seen.add(item.id);
      yield item;
    }
    link = page.nextLink;
  } while (link !== null);
}

/** null where the item is not in this folder (any more). */
export async function getItem(
  client: GraphClient,
  target: { mailboxId: string; folderId: string },
  itemId: string,
  options: { properties?: readonly string[]; signal?: AbortSignal } = {},
): Promise<MailboxItem | null> {
  const filter = options.properties?.map((id) => `id eq '${id}'`).join(' or ');
  const query = filter
    ? `?$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=${filter})`)}`
    : '';
  try {
    return await client.get<MailboxItem>(
      `${itemsOf(target.mailboxId, target.folderId)}/${encodeURIComponent(itemId)}${query}`,
      { signal: options.signal },
    );
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

/** Moves the item into the mailbox's recoverable items, from where its user can still fetch it. */
export async function softDeleteItem(
  client: GraphClient,
  target: { mailboxId: string; folderId: string },
  itemId: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.json({
      method: 'DELETE',
      path: `${itemsOf(target.mailboxId, target.folderId)}/${encodeURIComponent(itemId)}?disposalType=softDelete`,
      repeatable: true,
      signal,
    });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
