import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  lte,
  ne,
  type SQL,
  sql,
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import type { RestoreAction, RestoreItemState, RestoreState } from '#db/enums.ts';
import { olderThan } from '#db/keyset.ts';
import { items, mailboxes } from '#db/schema/mailboxes.ts';
import { restoreItems, restores, type Selection } from '#db/schema/restores.ts';
import { connections, tenants } from '#db/schema/tenants.ts';
import type { ReplayCandidate } from '#lib/exchange/plan.ts';
import { type AsOf, asOf } from '../folders/store.ts';
import { type AgePosition, notFound } from '../input.ts';

export type RestoreRow = typeof restores.$inferSelect;
export type RestoreItemRow = typeof restoreItems.$inferSelect;

export interface RestoreKey {
  mspId: string;
  tenantId: string;
  restoreId: string;
}

const isRestore = (key: RestoreKey) =>
  and(
    eq(restores.mspId, key.mspId),
    eq(restores.tenantId, key.tenantId),
    eq(restores.id, key.restoreId),
  );

const ofRestore = (key: RestoreKey) =>
  and(
    eq(restoreItems.mspId, key.mspId),
    eq(restoreItems.tenantId, key.tenantId),
    eq(restoreItems.restoreId, key.restoreId),
  );

export async function addRestore(
  tx: Transaction,
  row: typeof restores.$inferInsert,
): Promise<void> {
  await tx.insert(restores).values(row);
}

export async function loadRestore(tx: Transaction, key: RestoreKey): Promise<RestoreRow> {
  const [row] = await tx.select().from(restores).where(isRestore(key));
  if (row === undefined) throw notFound();
  return row;
}

export async function lockRestore(tx: Transaction, key: RestoreKey): Promise<RestoreRow> {
  const [row] = await tx.select().from(restores).where(isRestore(key)).for('update');
  if (row === undefined) throw notFound();
  return row;
}

export interface RestoreFilter {
  /** Every customer within reach when absent. */
  tenantId?: string | undefined;
  tenantIds?: readonly string[] | undefined;
  mailboxId?: string | undefined;
  states?: readonly RestoreState[] | undefined;
  groupId?: string | undefined;
}

/** Lines by state, counted; only of what is at work, or ended before the count was kept. */
const countedLines = sql<Partial<LineCounts> | null>`(
  select jsonb_object_agg(line.state, line.count) from (
    select ${restoreItems.state} as state, count(*)::int as count
    from ${restoreItems}
    where ${restoreItems.tenantId} = ${restores.tenantId}
      and ${restoreItems.restoreId} = ${restores.id}
      and ${restores.outcome} is null
    group by ${restoreItems.state}
  ) line
)`;

/** Newest first, each with the names around it and its lines by state. */
export async function listRestoreRows(
  tx: Transaction,
  mspId: string,
  { tenantId, tenantIds, mailboxId, states, groupId }: RestoreFilter,
  page: { after?: AgePosition | undefined; limit: number },
) {
  const target = alias(mailboxes, 'target');
  return await tx
    .select({
      restore: restores,
      customer: tenants.name,
      mailbox: mailboxes.displayName,
      target: target.displayName,
      counted: countedLines,
    })
    .from(restores)
    .innerJoin(tenants, and(eq(tenants.mspId, restores.mspId), eq(tenants.id, restores.tenantId)))
    .innerJoin(
      mailboxes,
      and(eq(mailboxes.tenantId, restores.tenantId), eq(mailboxes.id, restores.mailboxId)),
    )
    .leftJoin(
      target,
      and(eq(target.tenantId, restores.tenantId), eq(target.id, restores.targetMailboxId)),
    )
    .where(
      and(
        eq(restores.mspId, mspId),
        ne(restores.state, 'draft'),
        tenantId === undefined ? undefined : eq(restores.tenantId, tenantId),
        tenantIds === undefined ? undefined : inArray(restores.tenantId, [...tenantIds]),
        mailboxId === undefined ? undefined : eq(restores.mailboxId, mailboxId),
        states === undefined ? undefined : inArray(restores.state, [...states]),
        groupId === undefined ? undefined : eq(restores.groupId, groupId),
        olderThan(restores.createdAt, restores.id, page.after),
      ),
    )
    .orderBy(desc(restores.createdAt), desc(restores.id))
    .limit(page.limit);
}

export async function updateRestore(
  tx: Transaction,
  key: RestoreKey,
  change: Partial<typeof restores.$inferInsert>,
): Promise<void> {
  await tx.update(restores).set(change).where(isRestore(key));
}

/** What somebody has planned just now, and what they chose since then and did not start, over all customers. */
export async function countRestores(
  tx: Transaction,
  by: { mspId: string; requestedBy: string },
  since: Date,
): Promise<{ planning: number; unstarted: number }> {
  const [row] = await tx
    .select({
      planning: sql<number>`(count(*) filter (where ${restores.state} = 'planning'))::int`,
      unstarted: sql<number>`(count(*) filter (where ${restores.startedAt} is null))::int`,
    })
    .from(restores)
    .where(
      and(
        eq(restores.mspId, by.mspId),
        gt(restores.createdAt, since),
        eq(restores.requestedBy, by.requestedBy),
      ),
    );
  return row!;
}

/** Has the customer's administrator approved that app? */
export async function isAppConnected(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  app: 'backup' | 'restore',
): Promise<boolean> {
  const [row] = await tx
    .select({ state: connections.state })
    .from(connections)
    .where(
      and(
        eq(connections.mspId, scope.mspId),
        eq(connections.tenantId, scope.tenantId),
        eq(connections.app, app),
      ),
    );
  return row?.state === 'connected';
}

/** @param folderIds for a folder: itself and all below it */
function chosen(selection: Selection, folderIds: readonly string[]): SQL | undefined {
  if (selection.kind === 'items') return inArray(items.id, selection.itemIds);
  if (selection.kind === 'folder') return inArray(items.folderId, [...folderIds]);
  return undefined;
}

export interface Candidate extends ReplayCandidate {
  subject: string;
  at: Date | null;
}

/**
 * Single items are versions, and any copy up to this one may hold them: what a search finds may be
 * gone since different ones.
 */
const upTo = (at: AsOf) =>
  and(
    eq(items.mspId, at.mspId),
    eq(items.tenantId, at.tenantId),
    eq(items.mailboxId, at.mailboxId),
    lte(items.fromSeq, at.sequence),
  );

/** The chosen items, newest first: what people miss most is back soonest. */
export async function listCandidates(
  tx: Transaction,
  at: AsOf,
  selection: Selection,
  folderIds: readonly string[],
): Promise<Candidate[]> {
  const visible = selection.kind === 'items' ? upTo(at) : asOf(items, at);
  const rows = await tx
    .select({
      itemId: items.id,
      key: items.sourceId,
      ref: items.ref,
      contentId: items.contentId,
      kind: items.kind,
      itemClass: items.itemClass,
      folderId: items.folderId,
      bytes: items.bytes,
      internetMessageId: items.internetMessageId,
      streamBytes: items.streamBytes,
      readableBytes: items.readableBytes,
      subject: items.subject,
      at: items.at,
      fromSeq: items.fromSeq,
    })
    .from(items)
    .where(and(visible, chosen(selection, folderIds)))
    .orderBy(sql`${items.at} desc nulls last`, asc(items.id));
  // Of an item that was chosen in two versions the newer one is meant.
  const newest = new Map<string, number>();
  for (const { key, fromSeq } of rows) {
    newest.set(key, Math.max(fromSeq, newest.get(key) ?? 0));
  }
  return rows
    .filter(({ key, fromSeq }) => newest.get(key) === fromSeq)
    .map(({ fromSeq: _, ...candidate }) => candidate);
}

/** Open catalogue rows of the target mailbox with these ids: spares reading what is known. */
export async function knownContent(
  tx: Transaction,
  key: { mspId: string; tenantId: string; mailboxId: string },
  ids: readonly string[],
): Promise<Map<string, { changeKey: string; contentId: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: items.sourceId, changeKey: items.changeKey, contentId: items.contentId })
    .from(items)
    .where(
      and(
        eq(items.mspId, key.mspId),
        eq(items.tenantId, key.tenantId),
        eq(items.mailboxId, key.mailboxId),
        inArray(items.sourceId, [...ids]),
        sql`${items.toSeq} is null`,
      ),
    );
  return new Map(rows.map(({ id, ...known }) => [id, known]));
}

/** Replaces the lines of a plan that was being made when its worker died. */
export async function saveLines(
  tx: Transaction,
  key: RestoreKey,
  lines: (typeof restoreItems.$inferInsert)[],
): Promise<void> {
  await tx.delete(restoreItems).where(ofRestore(key));
  for (let from = 0; from < lines.length; from += 1000) {
    await tx.insert(restoreItems).values(lines.slice(from, from + 1000));
  }
}

export async function countBatches(tx: Transaction, key: RestoreKey): Promise<number> {
  const [row] = await tx
    .select({ batches: sql<number>`coalesce(max(${restoreItems.batch}) + 1, 0)::int` })
    .from(restoreItems)
    .where(ofRestore(key));
  return row?.batches ?? 0;
}

export async function listBatch(
  tx: Transaction,
  key: RestoreKey,
  batch: number,
): Promise<RestoreItemRow[]> {
  return await tx
    .select()
    .from(restoreItems)
    .where(and(ofRestore(key), eq(restoreItems.batch, batch)))
    .orderBy(asc(restoreItems.position));
}

export async function loadLine(
  tx: Transaction,
  key: RestoreKey,
  itemId: string,
): Promise<RestoreItemRow> {
  const [row] = await tx
    .select()
    .from(restoreItems)
    .where(and(ofRestore(key), eq(restoreItems.itemId, itemId)));
  if (row === undefined) throw notFound();
  return row;
}

export async function updateLine(
  tx: Transaction,
  key: RestoreKey,
  itemId: string,
  change: Partial<typeof restoreItems.$inferInsert>,
): Promise<void> {
  await tx
    .update(restoreItems)
    .set(change)
    .where(and(ofRestore(key), eq(restoreItems.itemId, itemId)));
}

export async function countAttempt(
  tx: Transaction,
  key: RestoreKey,
  itemId: string,
): Promise<void> {
  await tx
    .update(restoreItems)
    .set({ attempts: sql`${restoreItems.attempts} + 1` })
    .where(and(ofRestore(key), eq(restoreItems.itemId, itemId)));
}

/** Which of these ids at Microsoft some line of this restore has written. */
export async function findClaimed(
  tx: Transaction,
  key: RestoreKey,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ id: restoreItems.writtenId })
    .from(restoreItems)
    .where(
      and(
        ofRestore(key),
        isNotNull(restoreItems.writtenId),
        inArray(restoreItems.writtenId, [...ids]),
      ),
    );
  return new Set(rows.map((row) => row.id!));
}

export type LineCounts = Record<RestoreItemState, number>;

export async function countLines(tx: Transaction, key: RestoreKey): Promise<LineCounts> {
  const rows = await tx
    .select({ state: restoreItems.state, count: count() })
    .from(restoreItems)
    .where(ofRestore(key))
    .groupBy(restoreItems.state);
  return allCounts(Object.fromEntries(rows.map((row) => [row.state, row.count])));
}

/** States without a line are 0. */
export function allCounts(some: Partial<LineCounts> | null): LineCounts {
  return {
    planned: 0,
    writing: 0,
    written: 0,
    verified: 0,
    differs: 0,
    skipped: 0,
    failed: 0,
    ...some,
  };
}

export async function listLines(
  tx: Transaction,
  key: RestoreKey,
  page: {
    after: number;
    limit: number;
    states: readonly RestoreItemState[] | null;
    actions: readonly RestoreAction[] | null;
  },
): Promise<RestoreItemRow[]> {
  return await tx
    .select()
    .from(restoreItems)
    .where(
      and(
        ofRestore(key),
        gt(restoreItems.position, page.after),
        page.states === null ? undefined : inArray(restoreItems.state, [...page.states]),
        page.actions === null ? undefined : inArray(restoreItems.action, [...page.actions]),
      ),
    )
    .orderBy(asc(restoreItems.position))
    .limit(page.limit);
}

/** The states of the newest restores and downloads, as one short word. */
export async function restoresStamp(tx: Transaction, mspId: string): Promise<string> {
  const [row] = await tx
    .select({
      stamp: sql<string>`md5(concat_ws(' ',
        (select string_agg(id || ' ' || state, ' ' order by id) from (
          select id, state from restores where msp_id = ${mspId} order by created_at desc limit 50) r),
        (select string_agg(id || ' ' || state, ' ' order by id) from (
          select id, state from exports where msp_id = ${mspId} order by created_at desc limit 50) e)))`,
    })
    .from(sql`(select 1) as one`);
  return row?.stamp ?? '';
}
