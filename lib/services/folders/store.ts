import { and, asc, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import { folders, items, snapshots } from '#db/schema/mailboxes.ts';

export interface AsOf {
  mspId: string;
  tenantId: string;
  mailboxId: string;
  sequence: number;
}

type Versioned = typeof folders | typeof items;

/** Rows of a mailbox as its snapshot with that sequence saw them. */
export function asOf(table: Versioned, at: AsOf) {
  return and(
    eq(table.mspId, at.mspId),
    eq(table.tenantId, at.tenantId),
    eq(table.mailboxId, at.mailboxId),
    lte(table.fromSeq, at.sequence),
    or(isNull(table.toSeq), gt(table.toSeq, at.sequence)),
  );
}

/** Names only: what counting would cost is not needed to say where something is. */
export async function listFolderNames(tx: Transaction, at: AsOf) {
  return await tx
    .select({
      id: folders.sourceId,
      parentId: folders.parentSourceId,
      name: folders.name,
      type: folders.type,
      wellKnown: folders.wellKnown,
    })
    .from(folders)
    .where(asOf(folders, at));
}

/** Each with its number of items, and whether the latest copy has it no more. */
export async function listFolderRows(tx: Transaction, at: AsOf) {
  const counted = tx
    .select({ folderId: items.folderId, count: sql<number>`count(*)::int`.as('item_count') })
    .from(items)
    .where(asOf(items, at))
    .groupBy(items.folderId)
    .as('counted');
  const now = alias(folders, 'now');
  const latest = sql`(select max(${snapshots.sequence}) from ${snapshots}
    where ${snapshots.tenantId} = ${at.tenantId} and ${snapshots.mailboxId} = ${at.mailboxId})`;
  return await tx
    .select({
      id: folders.sourceId,
      parentId: folders.parentSourceId,
      name: folders.name,
      type: folders.type,
      wellKnown: folders.wellKnown,
      itemCount: sql<number>`coalesce(${counted.count}, 0)`,
      gone: sql<boolean>`not exists (select 1 from ${folders} now
        where ${now.tenantId} = ${at.tenantId} and ${now.mailboxId} = ${at.mailboxId}
          and ${now.sourceId} = ${folders.sourceId} and ${now.fromSeq} <= ${latest}
          and (${now.toSeq} is null or ${now.toSeq} > ${latest}))`,
    })
    .from(folders)
    .leftJoin(counted, eq(counted.folderId, folders.sourceId))
    .where(asOf(folders, at))
    .orderBy(asc(sql`lower(${folders.name})`), asc(folders.sourceId));
}

/** The newest version of every folder up to a copy, also of those that are gone by then. */
export async function listFoldersEver(tx: Transaction, at: AsOf) {
  return await tx
    .selectDistinctOn([folders.sourceId], {
      id: folders.sourceId,
      parentId: folders.parentSourceId,
      name: folders.name,
      type: folders.type,
      wellKnown: folders.wellKnown,
      gone: sql<boolean>`coalesce(${folders.toSeq} <= ${at.sequence}, false)`,
    })
    .from(folders)
    .where(
      and(
        eq(folders.mspId, at.mspId),
        eq(folders.tenantId, at.tenantId),
        eq(folders.mailboxId, at.mailboxId),
        lte(folders.fromSeq, at.sequence),
      ),
    )
    .orderBy(asc(folders.sourceId), desc(folders.fromSeq));
}

/** The same for several mailboxes in one question, each up to a copy of its own. */
export async function listFoldersOfMailboxes(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  sequences: ReadonlyMap<string, number>,
) {
  if (sequences.size === 0) return [];
  return await tx
    .selectDistinctOn([folders.mailboxId, folders.sourceId], {
      mailboxId: folders.mailboxId,
      id: folders.sourceId,
      parentId: folders.parentSourceId,
      name: folders.name,
      type: folders.type,
      wellKnown: folders.wellKnown,
    })
    .from(folders)
    .where(
      and(
        eq(folders.mspId, scope.mspId),
        eq(folders.tenantId, scope.tenantId),
        or(
          ...[...sequences].map(([mailboxId, sequence]) =>
            and(eq(folders.mailboxId, mailboxId), lte(folders.fromSeq, sequence)),
          ),
        ),
      ),
    )
    .orderBy(asc(folders.mailboxId), asc(folders.sourceId), desc(folders.fromSeq));
}
