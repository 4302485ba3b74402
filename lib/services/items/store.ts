import { and, desc, eq, gt, inArray, isNull, lt, lte, max, ne, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import { items, snapshots } from '#db/schema/mailboxes.ts';
import { type PreviewAttachment, previews } from '#db/schema/restores.ts';
import type { ItemCard, ItemDetails } from '#lib/exchange/item-details.ts';
import { type AsOf, asOf } from '../folders/store.ts';
import { notFound } from '../input.ts';
import type { ItemCursor } from './cursor.ts';

interface MailboxPlace {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

/** What became of a version since: where its item is in the newest copy. */
export type ItemNow = 'there' | 'moved' | 'edited' | 'gone';

/** The newest copy of a mailbox; what a run has not finished yet does not count. */
export async function latestSequence(tx: Transaction, at: MailboxPlace): Promise<number> {
  const [row] = await tx
    .select({ latest: max(snapshots.sequence) })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, at.mspId),
        eq(snapshots.tenantId, at.tenantId),
        eq(snapshots.mailboxId, at.mailboxId),
      ),
    );
  return row?.latest ?? 0;
}

/** Versions of items, each beside the last version of the same item that a copy has seen. */
function markedItems(tx: Transaction, latest: number) {
  const other = alias(items, 'other');
  const last = tx
    .select({ id: other.id, folderId: other.folderId, toSeq: other.toSeq })
    .from(other)
    .where(
      and(
        eq(other.tenantId, items.tenantId),
        eq(other.mailboxId, items.mailboxId),
        eq(other.sourceId, items.sourceId),
        lte(other.fromSeq, latest),
      ),
    )
    .orderBy(desc(other.fromSeq))
    .limit(1)
    .as('last');
  const isGone = sql`${last.toSeq} <= ${latest}`;
  const query = tx
    .select({
      id: items.id,
      key: items.sourceId,
      kind: items.kind,
      subject: items.subject,
      sender: items.sender,
      at: items.at,
      bytes: items.bytes,
      hasAttachments: items.hasAttachments,
      card: sql<ItemCard | null>`${items.card}`,
      folderId: items.folderId,
      fromSeq: items.fromSeq,
      toSeq: items.toSeq,
      now: sql<ItemNow>`case when ${isGone} then 'gone' when ${last.id} = ${items.id} then 'there' when ${last.folderId} <> ${items.folderId} then 'moved' else 'edited' end`,
      goneSince: sql<Date | null>`case when ${isGone} then (
          select min(${snapshots.takenAt}) from ${snapshots}
          where ${snapshots.tenantId} = ${items.tenantId} and ${snapshots.mailboxId} = ${items.mailboxId}
            and ${snapshots.sequence} >= ${last.toSeq}
        ) end`.mapWith(snapshots.takenAt),
    })
    .from(items)
    .innerJoinLateral(last, sql`true`);
  return { query, isGone };
}

const orders = {
  newest: [sql`${items.at} desc nulls last`, sql`${items.id} desc`],
  name: [sql`lower(${items.subject})`, sql`${items.id}`],
  due: [
    sql`coalesce((${items.card} ->> 'done')::boolean, false)`,
    sql`${items.card} #>> '{due,at}' nulls last`,
    sql`lower(${items.subject})`,
    sql`${items.id}`,
  ],
};

/** One page of a folder as of a snapshot, after the cursor or so many. */
export async function listItemRows(
  tx: Transaction,
  at: AsOf,
  page: {
    folderId: string;
    order: keyof typeof orders;
    after: ItemCursor | null;
    skip: number;
    limit: number;
    goneOnly: boolean;
  },
) {
  const { query, isGone } = markedItems(tx, await latestSequence(tx, at));
  return await query
    .where(
      and(
        asOf(items, at),
        eq(items.folderId, page.folderId),
        isAfter(page.after),
        page.goneOnly ? isGone : undefined,
      ),
    )
    .orderBy(...orders[page.order])
    .offset(page.skip)
    .limit(page.limit);
}

/** One version with what became of it, and how many versions its item has. */
export async function loadMarkedItem(tx: Transaction, place: ItemPlace) {
  const latest = await latestSequence(tx, place);
  const isPlace = and(
    eq(items.mspId, place.mspId),
    eq(items.tenantId, place.tenantId),
    eq(items.mailboxId, place.mailboxId),
  );
  const [row] = await markedItems(tx, latest).query.where(
    and(isPlace, eq(items.id, place.itemId), lte(items.fromSeq, latest)),
  );
  if (row === undefined) throw notFound();
  const versions = await tx
    .select({ id: items.id, since: snapshots.takenAt, sequence: items.fromSeq })
    .from(items)
    .leftJoin(
      snapshots,
      and(
        eq(snapshots.tenantId, items.tenantId),
        eq(snapshots.mailboxId, items.mailboxId),
        eq(snapshots.sequence, items.fromSeq),
      ),
    )
    .where(and(isPlace, eq(items.sourceId, row.key), lte(items.fromSeq, latest)))
    .orderBy(desc(items.fromSeq))
    .limit(versionsMax);
  // A version that ended was in every copy before the one that saw its end.
  const sequence = row.toSeq === null ? latest : Math.min(latest, row.toSeq - 1);
  return { ...row, versions, sequence };
}

const versionsMax = 50;

function isAfter(cursor: ItemCursor | null) {
  if (cursor === null) return undefined;
  if (cursor.at === null) return and(isNull(items.at), lt(items.id, cursor.id));
  return or(
    lt(items.at, cursor.at),
    and(eq(items.at, cursor.at), lt(items.id, cursor.id)),
    isNull(items.at),
  );
}

export interface ItemPlace extends MailboxPlace {
  itemId: string;
}

/** A version of an item that some snapshot has made visible. */
export async function loadItem(tx: Transaction, place: ItemPlace) {
  const [row] = await tx
    .select({ item: items })
    .from(items)
    .where(
      and(
        eq(items.mspId, place.mspId),
        eq(items.tenantId, place.tenantId),
        eq(items.mailboxId, place.mailboxId),
        eq(items.id, place.itemId),
        sql`exists (select 1 from ${snapshots} where ${snapshots.tenantId} = ${items.tenantId} and ${snapshots.mailboxId} = ${items.mailboxId} and ${snapshots.sequence} >= ${items.fromSeq})`,
      ),
    );
  if (row === undefined) throw notFound();
  return row.item;
}

export type PreviewRow = typeof previews.$inferSelect;

export async function addPreview(
  tx: Transaction,
  row: typeof previews.$inferInsert,
): Promise<void> {
  await tx.insert(previews).values(row);
}

const isPreview = (mspId: string, tenantId: string, previewId: string) =>
  and(eq(previews.mspId, mspId), eq(previews.tenantId, tenantId), eq(previews.id, previewId));

export async function findPreview(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  previewId: string,
): Promise<PreviewRow | undefined> {
  const [row] = await tx
    .select()
    .from(previews)
    .where(isPreview(mspId, tenantId, previewId));
  return row;
}

/** One that was rendered a moment ago and can be shown again. */
export async function findReadyPreview(
  tx: Transaction,
  place: ItemPlace,
  now: Date,
): Promise<PreviewRow | undefined> {
  const [row] = await tx
    .select()
    .from(previews)
    .where(
      and(
        eq(previews.mspId, place.mspId),
        eq(previews.tenantId, place.tenantId),
        eq(previews.mailboxId, place.mailboxId),
        eq(previews.itemId, place.itemId),
        eq(previews.form, 'view'),
        eq(previews.state, 'ready'),
        gt(previews.expiresAt, now),
      ),
    )
    .limit(1);
  return row;
}

/** A file of the same bytes that is kept until then, or that a worker is still at. */
export async function findFile(
  tx: Transaction,
  place: ItemPlace,
  wish: { form: 'mime' | 'attachment'; part: number | null; until: Date; begunFrom: Date },
): Promise<PreviewRow | undefined> {
  const [row] = await tx
    .select()
    .from(previews)
    .where(
      and(
        eq(previews.mspId, place.mspId),
        eq(previews.tenantId, place.tenantId),
        eq(previews.mailboxId, place.mailboxId),
        eq(previews.itemId, place.itemId),
        eq(previews.form, wish.form),
        wish.part === null ? isNull(previews.part) : eq(previews.part, wish.part),
        or(
          eq(previews.state, 'ready'),
          and(eq(previews.state, 'waiting'), gt(previews.createdAt, wish.begunFrom)),
        ),
        gt(previews.expiresAt, wish.until),
      ),
    )
    .orderBy(desc(previews.createdAt))
    .limit(1);
  return row;
}

/** What somebody asked the worker for, over all customers: what is waited for, and what is kept. */
export async function countPreviews(
  tx: Transaction,
  by: { mspId: string; requestedBy: string },
  since: { now: Date; waitingFrom: Date },
): Promise<{ waiting: number; files: number; bytes: number }> {
  const isFile = sql`${previews.form} <> 'view'`;
  const [row] = await tx
    .select({
      waiting: sql<number>`(count(*) filter (where ${previews.state} = 'waiting' and ${gt(previews.createdAt, since.waitingFrom)}))::int`,
      files: sql<number>`(count(*) filter (where ${isFile}))::int`,
      bytes: sql<number>`coalesce(sum(${previews.bytes}) filter (where ${isFile}), 0)`.mapWith(
        Number,
      ),
    })
    .from(previews)
    .where(
      and(
        eq(previews.mspId, by.mspId),
        eq(previews.requestedBy, by.requestedBy),
        inArray(previews.state, ['waiting', 'ready']),
        gt(previews.expiresAt, since.now),
      ),
    );
  return row!;
}

/** What the worker makes of an item for people to look at. */
export interface RenderedView {
  headers: [name: string, value: string][];
  text: string;
  /** Harmless already; null where there is none. */
  html: string | null;
  remote: number;
  headerLines: [name: string, value: string][];
  details: ItemDetails | null;
  attachments: PreviewAttachment[];
  truncated: boolean;
}

/** Bytes that wait in the export folder, under a name of ours. */
export interface RenderedFile {
  file: string;
  fileName: string;
  bytes: number;
}

/** @returns false where it was over and is gone already */
export async function savePreview(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  previewId: string,
  result: RenderedView | RenderedFile | { refusal: string; absent: boolean },
): Promise<boolean> {
  const change =
    'refusal' in result
      ? { state: 'failed' as const, ...result }
      : { state: 'ready' as const, ...result };
  const rows = await tx
    .update(previews)
    .set(change)
    .where(isPreview(mspId, tenantId, previewId))
    .returning({ id: previews.id });
  return rows.length > 0;
}

/** Ends the time of one before it is over. */
export async function expirePreview(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  previewId: string,
  now: Date,
): Promise<void> {
  await tx
    .update(previews)
    .set({ expiresAt: now })
    .where(isPreview(scope.mspId, scope.tenantId, previewId));
}

/**
 * Mail does not stay in the catalogue.
 * @returns whose rows are gone: a file of theirs goes with them
 */
export async function dropExpiredPreviews(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  now: Date,
  keepId?: string,
): Promise<string[]> {
  const rows = await tx
    .delete(previews)
    .where(
      and(
        eq(previews.mspId, mspId),
        eq(previews.tenantId, tenantId),
        lt(previews.expiresAt, now),
        keepId === undefined ? undefined : ne(previews.id, keepId),
      ),
    )
    .returning({ id: previews.id });
  return rows.map(({ id }) => id);
}
