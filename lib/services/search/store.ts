import { and, eq, gt, inArray, lt, type SQLWrapper, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { items, mailboxes } from '#db/schema/mailboxes.ts';
import { searches } from '#db/schema/search.ts';
import { notFound } from '../input.ts';

export type SearchRow = typeof searches.$inferSelect;

export interface SearchKey {
  mspId: string;
  tenantId: string;
  searchId: string;
}

export async function addSearch(tx: Transaction, row: typeof searches.$inferInsert): Promise<void> {
  await tx.insert(searches).values(row);
}

/** A search of that person which is still kept. Somebody else's looks like none. */
export async function loadSearch(
  tx: Transaction,
  key: SearchKey,
  by: { requestedBy: string; now: Date },
): Promise<SearchRow> {
  const [row] = await tx
    .select()
    .from(searches)
    .where(
      and(
        eq(searches.mspId, key.mspId),
        eq(searches.tenantId, key.tenantId),
        eq(searches.id, key.searchId),
        eq(searches.requestedBy, by.requestedBy),
        gt(searches.expiresAt, by.now),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}

/** What was looked for stays no longer than a day. */
export async function dropExpiredSearches(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  now: Date,
): Promise<void> {
  await tx
    .delete(searches)
    .where(
      and(
        eq(searches.mspId, scope.mspId),
        eq(searches.tenantId, scope.tenantId),
        lt(searches.expiresAt, now),
      ),
    );
}

export async function saveFound(
  tx: Transaction,
  key: SearchKey,
  count: { found: number; foundMore: boolean },
): Promise<void> {
  await tx
    .update(searches)
    .set(count)
    .where(
      and(
        eq(searches.mspId, key.mspId),
        eq(searches.tenantId, key.tenantId),
        eq(searches.id, key.searchId),
      ),
    );
}

/** How much of the catalogue the index holds, of one mailbox or of all that whoever asks reaches. */
export interface IndexState {
  /** Items in the index that are in the mailbox as of its last copy. */
  indexed: number;
  /** The same of the catalogue. */
  catalogue: number;
  /** Of the indexed ones, those without any text: found by subject and people where these are known. */
  textless: number;
  /** When the newest of these mailboxes was last read to its end. */
  at: Date | null;
}

export async function readIndexState(
  tx: Transaction,
  scope: { mspId: string; tenantId: string; mailboxId: string | null },
): Promise<IndexState> {
  const total = (column: SQLWrapper) => sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
  const [row] = await tx
    .select({
      indexed: total(mailboxes.indexed),
      catalogue: total(mailboxes.items),
      textless: total(mailboxes.textless),
      at: sql<Date | null>`max(${mailboxes.lastGoodAt})`.mapWith(mailboxes.lastGoodAt),
    })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        sql`${mailboxes.state} <> 'erased'`,
        scope.mailboxId === null ? undefined : eq(mailboxes.id, scope.mailboxId),
      ),
    );
  return row!;
}

/** Which mailbox each of these versions of items is in; those that are not there are left out. */
export async function loadItemPlaces(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  itemIds: readonly string[],
): Promise<{ itemId: string; mailboxId: string }[]> {
  return await tx
    .select({ itemId: items.id, mailboxId: items.mailboxId })
    .from(items)
    .where(
      and(
        eq(items.mspId, scope.mspId),
        eq(items.tenantId, scope.tenantId),
        inArray(items.id, [...itemIds]),
      ),
    );
}
