import { and, eq, gt, gte, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import { items, snapshots } from '#db/schema/mailboxes.ts';
import { type PreviewAttachment, previews } from '#db/schema/restores.ts';
import { type AsOf, asOf } from '../folders/store.ts';
import { notFound } from '../input.ts';
import type { ItemCursor } from './cursor.ts';

/** One page of a folder as of a snapshot, newest first. */
export async function listItemRows(
  tx: Transaction,
  at: AsOf,
  page: { folderId: string; after: ItemCursor | null; limit: number },
) {
  const later = alias(items, 'later');
  const isLater = and(
    eq(later.tenantId, items.tenantId),
    eq(later.mailboxId, items.mailboxId),
    eq(later.sourceId, items.sourceId),
    gte(later.fromSeq, items.toSeq),
  );
  return await tx
    .select({
      id: items.id,
      key: items.sourceId,
      kind: items.kind,
      subject: items.subject,
      sender: items.sender,
      at: items.at,
      bytes: items.bytes,
      hasAttachments: items.hasAttachments,
      // A version that ended and was followed by none: the item itself went.
      goneSince:
        sql<Date | null>`case when not exists (select 1 from ${items} as later where ${isLater}) then ${snapshots.takenAt} end`.mapWith(
          snapshots.takenAt,
        ),
    })
    .from(items)
    .leftJoin(
      snapshots,
      and(
        eq(snapshots.tenantId, items.tenantId),
        eq(snapshots.mailboxId, items.mailboxId),
        eq(snapshots.sequence, items.toSeq),
      ),
    )
    .where(and(asOf(items, at), eq(items.folderId, page.folderId), isAfter(page.after)))
    .orderBy(sql`${items.at} desc nulls last`, sql`${items.id} desc`)
    .limit(page.limit);
}

function isAfter(cursor: ItemCursor | null) {
  if (cursor === null) return undefined;
  if (cursor.at === null) return and(isNull(items.at), lt(items.id, cursor.id));
  return or(
    lt(items.at, cursor.at),
    and(eq(items.at, cursor.at), lt(items.id, cursor.id)),
    isNull(items.at),
  );
}

export interface ItemPlace {
  mspId: string;
  tenantId: string;
  mailboxId: string;
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
        eq(previews.itemId, place.itemId),
        eq(previews.state, 'ready'),
        gt(previews.expiresAt, now),
      ),
    )
    .limit(1);
  return row;
}

export interface RenderedText {
  headers: [name: string, value: string][];
  text: string;
  attachments: PreviewAttachment[];
  truncated: boolean;
}

export async function savePreview(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  previewId: string,
  result: RenderedText | { refusal: string },
): Promise<void> {
  const change =
    'refusal' in result
      ? { state: 'failed' as const, refusal: result.refusal }
      : { state: 'ready' as const, ...result };
  await tx
    .update(previews)
    .set(change)
    .where(isPreview(mspId, tenantId, previewId));
}

/** Mail text does not stay in the catalogue. */
export async function dropExpiredPreviews(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  now: Date,
  keepId?: string,
): Promise<void> {
  await tx
    .delete(previews)
    .where(
      and(
        eq(previews.mspId, mspId),
        eq(previews.tenantId, tenantId),
        lt(previews.expiresAt, now),
        keepId === undefined ? undefined : ne(previews.id, keepId),
      ),
    );
}
