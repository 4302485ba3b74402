import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import {
  folderCursors,
  folders,
  itemRetries,
  items,
  mailboxes,
  snapshots,
} from '#db/schema/mailboxes.ts';
import { newId } from '#lib/core/ids.ts';
import type {
  CapturedItem,
  ItemOutcome,
  KnownItem,
  RetryItem,
  SourceFolder,
} from '#lib/exchange/journal.ts';

/**
 * The catalogue of one mailbox as the backup writes it. Rows carry the sequence of the snapshot
 * that is in the making and are invisible until it is committed (see `db/schema/mailboxes.ts`).
 */
export interface MailboxKey {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

/** Below the limit of 65,535 parameters a statement may have. */
const rowsAtOnce = 1000;

type MailboxTable =
  | typeof items
  | typeof folders
  | typeof folderCursors
  | typeof itemRetries
  | typeof snapshots;

const of = (table: MailboxTable, key: MailboxKey) =>
  and(
    eq(table.mspId, key.mspId),
    eq(table.tenantId, key.tenantId),
    eq(table.mailboxId, key.mailboxId),
  );

const isMailbox = (key: MailboxKey) =>
  and(
    eq(mailboxes.mspId, key.mspId),
    eq(mailboxes.tenantId, key.tenantId),
    eq(mailboxes.id, key.mailboxId),
  );

export async function updateMailbox(
  tx: Transaction,
  key: MailboxKey,
  change: Partial<typeof mailboxes.$inferInsert>,
): Promise<void> {
  await tx.update(mailboxes).set(change).where(isMailbox(key));
}

// Folders

export async function openFolders(tx: Transaction, key: MailboxKey): Promise<SourceFolder[]> {
  return await tx
    .select({
      id: folders.sourceId,
      parentId: folders.parentSourceId,
      name: folders.name,
      type: folders.type,
      wellKnown: folders.wellKnown,
    })
    .from(folders)
    .where(and(of(folders, key), isNull(folders.toSeq)))
    .orderBy(asc(folders.sourceId));
}

const sameFolder = (a: SourceFolder, b: SourceFolder) =>
  a.parentId === b.parentId &&
  a.name === b.name &&
  a.type === b.type &&
  a.wellKnown === b.wellKnown;

/** New, renamed and moved folders get a version at `seq`; unchanged ones keep theirs. */
export async function saveFolders(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
  present: readonly SourceFolder[],
): Promise<void> {
  const known = new Map((await openFolders(tx, key)).map((folder) => [folder.id, folder]));
  const changed = present.filter((folder) => {
    const before = known.get(folder.id);
    return before === undefined || !sameFolder(before, folder);
  });
  if (changed.length === 0) return;
  for (const folder of changed) {
    if (known.has(folder.id)) await endFolder(tx, key, seq, folder.id);
  }
  for (let from = 0; from < changed.length; from += rowsAtOnce) {
    await tx.insert(folders).values(
      changed.slice(from, from + rowsAtOnce).map((folder) => ({
        ...key,
        id: newId(),
        sourceId: folder.id,
        parentSourceId: folder.parentId,
        name: folder.name,
        type: folder.type,
        wellKnown: folder.wellKnown,
        fromSeq: seq,
      })),
    );
  }
}

/** Closes the open version of a folder; one that no snapshot has seen yet vanishes. */
export async function endFolder(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
  folderId: string,
): Promise<void> {
  const open = and(of(folders, key), eq(folders.sourceId, folderId), isNull(folders.toSeq));
  await tx.delete(folders).where(and(open, gte(folders.fromSeq, seq)));
  await tx.update(folders).set({ toSeq: seq }).where(open);
}

// Cursors

export async function findCursor(
  tx: Transaction,
  key: MailboxKey,
  folderId: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ cursor: folderCursors.cursor })
    .from(folderCursors)
    .where(and(of(folderCursors, key), eq(folderCursors.folderId, folderId)));
  return row?.cursor ?? null;
}

export async function saveCursor(
  tx: Transaction,
  key: MailboxKey,
  row: { folderId: string; cursor: string | null; roundComplete: boolean; at: Date },
): Promise<void> {
  const { cursor, roundComplete } = row;
  const change = { cursor, roundComplete, updatedAt: row.at };
  await tx
    .insert(folderCursors)
    .values({ ...key, folderId: row.folderId, ...change })
    .onConflictDoUpdate({
      target: [folderCursors.tenantId, folderCursors.mailboxId, folderCursors.folderId],
      set: change,
    });
}

export async function dropCursor(
  tx: Transaction,
  key: MailboxKey,
  folderId: string,
): Promise<void> {
  await tx
    .delete(folderCursors)
    .where(and(of(folderCursors, key), eq(folderCursors.folderId, folderId)));
}

export async function foldersFinishedSince(
  tx: Transaction,
  key: MailboxKey,
  since: Date,
): Promise<Set<string>> {
  const rows = await tx
    .select({ folderId: folderCursors.folderId })
    .from(folderCursors)
    .where(
      and(
        of(folderCursors, key),
        eq(folderCursors.roundComplete, true),
        gte(folderCursors.updatedAt, since),
      ),
    );
  return new Set(rows.map((row) => row.folderId));
}

// Items

const openItem = (key: MailboxKey) => and(of(items, key), isNull(items.toSeq));

export async function findOpenItems(
  tx: Transaction,
  key: MailboxKey,
  ids: readonly string[],
): Promise<Map<string, KnownItem>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({
      id: items.sourceId,
      changeKey: items.changeKey,
      folderId: items.folderId,
      ref: items.ref,
    })
    .from(items)
    .where(and(openItem(key), inArray(items.sourceId, [...ids])));
  return new Map(rows.map(({ id, ...known }) => [id, known]));
}

/** Ids of the open items of a folder after one of them, in order. */
export async function openIdsAfter(
  tx: Transaction,
  key: MailboxKey,
  folderId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .select({ id: items.sourceId })
    .from(items)
    .where(and(openItem(key), eq(items.folderId, folderId), gt(items.sourceId, after)))
    .orderBy(asc(items.sourceId))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** Ends the open versions of these items; those that no snapshot has seen yet vanish. */
async function endItems(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
  ids: readonly string[],
  folderId: string | null,
): Promise<void> {
  if (ids.length === 0) return;
  const which = and(
    openItem(key),
    inArray(items.sourceId, [...ids]),
    folderId === null ? undefined : eq(items.folderId, folderId),
  );
  await tx.delete(items).where(and(which, gte(items.fromSeq, seq)));
  await tx.update(items).set({ toSeq: seq }).where(which);
}

export function removeItems(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
  ids: readonly string[],
  folderId: string,
): Promise<void> {
  return endItems(tx, key, seq, ids, folderId);
}

/** A version at `seq` for each item that differs from its open one. */
export async function saveItems(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
  captured: readonly CapturedItem[],
): Promise<void> {
  const known = await findOpenItems(
    tx,
    key,
    captured.map((item) => item.id),
  );
  const changed = captured.filter((item) => {
    const before = known.get(item.id);
    return (
      before === undefined ||
      before.changeKey !== item.changeKey ||
      before.folderId !== item.folderId ||
      before.ref !== item.ref
    );
  });
  if (changed.length === 0) return;
  await endItems(
    tx,
    key,
    seq,
    changed.map((item) => item.id),
    null,
  );
  for (let from = 0; from < changed.length; from += rowsAtOnce) {
    await tx.insert(items).values(
      changed.slice(from, from + rowsAtOnce).map(({ id, outcome: _, text: __, ...item }) => ({
        ...key,
        ...item,
        id: newId(),
        sourceId: id,
        // Postgres keeps no NUL in text; hostile mail may have one anywhere.
        subject: item.subject.replaceAll('\0', ''),
        sender: item.sender.replaceAll('\0', ''),
        recipients: item.recipients.replaceAll('\0', ''),
        categories: item.categories.map((category) => category.replaceAll('\0', '')),
        fromSeq: seq,
      })),
    );
  }
}

/** Open versions of items, by key, from one to the next. */
export async function openItemsAfter(
  tx: Transaction,
  key: MailboxKey,
  page: { after: string; limit: number; from: number | null },
) {
  return await tx
    .select()
    .from(items)
    .where(
      and(
        openItem(key),
        page.from === null ? undefined : eq(items.fromSeq, page.from),
        gt(items.sourceId, page.after),
      ),
    )
    .orderBy(asc(items.sourceId))
    .limit(page.limit);
}

const goneAt = (key: MailboxKey, seq: number) =>
  and(
    of(items, key),
    eq(items.toSeq, seq),
    sql`not exists (select 1 from ${items} as later where later.tenant_id = ${items.tenantId} and later.mailbox_id = ${items.mailboxId} and later.source_id = ${items.sourceId} and later.to_seq is null)`,
  );

/** Keys of items that the snapshot in the making no longer has. */
export async function goneKeysAfter(
  tx: Transaction,
  key: MailboxKey,
  page: { seq: number; after: string; limit: number },
): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: items.sourceId })
    .from(items)
    .where(and(goneAt(key, page.seq), gt(items.sourceId, page.after)))
    .orderBy(asc(items.sourceId))
    .limit(page.limit);
  return rows.map((row) => row.id);
}

export interface PendingChanges {
  /** Items that are new, changed or moved. */
  added: number;
  removed: number;
  folders: number;
}

export async function pendingChanges(
  tx: Transaction,
  key: MailboxKey,
  seq: number,
): Promise<PendingChanges> {
  const count = sql<number>`count(*)::int`;
  const [added] = await tx
    .select({ count })
    .from(items)
    .where(and(openItem(key), eq(items.fromSeq, seq)));
  const [removed] = await tx.select({ count }).from(items).where(goneAt(key, seq));
  const [changed] = await tx
    .select({ count })
    .from(folders)
    .where(and(of(folders, key), or(eq(folders.fromSeq, seq), eq(folders.toSeq, seq))));
  return { added: added!.count, removed: removed!.count, folders: changed!.count };
}

// Items that failed

export async function dueRetries(
  tx: Transaction,
  key: MailboxKey,
  before: Date,
  limit: number,
): Promise<RetryItem[]> {
  return await tx
    .select({
      id: itemRetries.sourceId,
      folderId: itemRetries.folderId,
      attempts: itemRetries.attempts,
    })
    .from(itemRetries)
    .where(and(of(itemRetries, key), lt(itemRetries.lastFailedAt, before)))
    .orderBy(asc(itemRetries.lastFailedAt), asc(itemRetries.sourceId))
    .limit(limit);
}

export async function saveRetries(
  tx: Transaction,
  key: MailboxKey,
  failed: readonly ItemOutcome[],
  at: Date,
): Promise<void> {
  if (failed.length === 0) return;
  await tx
    .insert(itemRetries)
    .values(
      failed.map((line) => ({
        ...key,
        sourceId: line.id,
        folderId: line.folderId,
        attempts: 1,
        cause: line.cause ?? 'source-error',
        detail: line.detail,
        firstFailedAt: at,
        lastFailedAt: at,
      })),
    )
    .onConflictDoUpdate({
      target: [itemRetries.tenantId, itemRetries.mailboxId, itemRetries.sourceId],
      set: {
        folderId: sql`excluded.folder_id`,
        attempts: sql`${itemRetries.attempts} + 1`,
        cause: sql`excluded.cause`,
        detail: sql`excluded.detail`,
        lastFailedAt: at,
      },
    });
}

export async function dropRetries(
  tx: Transaction,
  key: MailboxKey,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .delete(itemRetries)
    .where(and(of(itemRetries, key), inArray(itemRetries.sourceId, [...ids])));
}

// Snapshots

/** Whether anything of the tenant was ever committed to its vault. */
export async function hasSnapshots(
  tx: Transaction,
  key: { mspId: string; tenantId: string },
): Promise<boolean> {
  const [row] = await tx
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(and(eq(snapshots.mspId, key.mspId), eq(snapshots.tenantId, key.tenantId)))
    .limit(1);
  return row !== undefined;
}

export async function latestSnapshotRow(tx: Transaction, key: MailboxKey) {
  const [row] = await tx
    .select()
    .from(snapshots)
    .where(of(snapshots, key))
    .orderBy(desc(snapshots.sequence))
    .limit(1);
  return row;
}

export async function addSnapshotRow(
  tx: Transaction,
  row: typeof snapshots.$inferInsert,
): Promise<void> {
  await tx.insert(snapshots).values(row);
}
