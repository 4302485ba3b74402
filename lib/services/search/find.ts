import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ItemKind } from '#db/enums.ts';
import type { SearchFilter } from '#db/schema/search.ts';
import type { ItemCursor } from '../items/cursor.ts';
import { customerMark, mailboxMark } from './documents.ts';
import { queryOf } from './query.ts';
import { marksOfTime } from './spans.ts';

export interface Wish {
  mspId: string;
  tenantId: string;
  /** Null searches all mailboxes. */
  mailboxId: string | null;
  words: string;
  filter: SearchFilter;
}

export interface FoundRow {
  itemId: string;
  key: string;
  mailboxId: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  hasAttachments: boolean;
  folderId: string;
  excerpt: string;
  /** When a copy first saw that it is no longer in the mailbox. */
  goneSince: Date | null;
  /** The newest copy of its mailbox that has this version. */
  sequence: number;
  contentId: string;
}

const dayMs = 24 * 60 * 60_000;
const isDay = /^\d{4}-\d\d-\d\d$/;

/** From the beginning of time where nothing is said. */
function fromOf(filter: SearchFilter): Date {
  return new Date(filter.from ?? 0);
}

function untilOf(filter: SearchFilter, otherwise = new Date(0)): Date {
  return filter.until ? endOf(filter.until) : otherwise;
}

/** A day ends when the next one begins. */
function endOf(text: string): Date {
  const ms = Date.parse(text);
  return new Date(isDay.test(text) ? ms + dayMs : ms);
}

const iso = (moment: Date) => sql`${moment.toISOString()}::timestamptz`;

/** So long before the newest that may be found, one after the other, until a page is full. */
const stepsMs = [dayMs, 8 * dayMs, 64 * dayMs, 512 * dayMs];

/**
 * The newest hits after a cursor. A hit is an item: of its versions with the found content the
 * newest that a copy of the mailbox shows.
 *
 * The index finds words in any order, and sorting every place of a common word takes seconds. So the
 * newest day is asked for first, then more and more, and all of the past only for words that are rare.
 */
export async function findHits(
  tx: Transaction,
  wish: Wish,
  page: { after: ItemCursor | null; limit: number; now: Date },
): Promise<FoundRow[]> {
  const query = await queryOf(tx, wish.words, wish.filter);
  await setPlanner(tx);
  const { goneFrom, goneUntil } = wish.filter;
  if (query === null || goneFrom || goneUntil) {
    return await select(tx, wish, page, fromItems(query));
  }
  const rows = await findByWords(tx, wish, query, page);
  await tx.execute(sql`set local role none`);
  return rows;
}

/** Leaves the transaction with the role that searches. */
async function findByWords(
  tx: Transaction,
  wish: Wish,
  query: string,
  page: { after: ItemCursor | null; limit: number; now: Date },
): Promise<FoundRow[]> {
  const { after, now, limit } = page;
  const { filter } = wish;
  const upTo = after === null ? new Date(Math.min(+untilOf(filter, now), +now)) : after.at;
  const newest = upTo === null ? null : await newestBefore(tx, wish, upTo);
  for (const stepMs of newest === null ? [] : stepsMs) {
    const from = new Date(Math.max(+newest! - stepMs, +fromOf(filter)));
    const rows = await selectByWords(tx, wish, query, page, from);
    if (rows.length >= limit || (filter.from && +from === +fromOf(filter))) return rows;
  }
  return await selectByWords(tx, wish, query, page, null);
}

/** Items of the scope that hold the words and are not older than that; of all times where null. */
async function selectByWords(
  tx: Transaction,
  wish: Wish,
  query: string,
  page: { after: ItemCursor | null; limit: number },
  from: Date | null,
): Promise<FoundRow[]> {
  const { filter } = wish;
  const since = from ?? (filter.from ? fromOf(filter) : null);
  const until = page.after?.at
    ? new Date(+page.after.at + 1)
    : filter.until
      ? untilOf(filter)
      : null;
  if (since !== null && until !== null && since >= until) return [];
  const times =
    since !== null || (until !== null && page.after === null) ? marksOfTime(since, until) : [];
  const words = [`(${query})`, `'${scopeMark(wish)}'`];
  if (times.length > 0) words.push(`(${times.map((mark) => `'${mark}'`).join(' | ')})`);
  // Joins in the order written: what is found first, and then its items, never the other way round.
  await tx.execute(sql`select set_config('app.words', ${words.join(' & ')}, true),
    set_config('join_collapse_limit', '1', true), set_config('role', 'app_search', true)`);
  return await select(tx, wish, page, fromIndex(wish, since));
}

/** Where hits come from: a row source, the moment that orders them, and their first words. */
interface Source {
  before: SQL;
  from: SQL;
  where: SQL[];
  at: SQL;
  excerpt: SQL;
}

async function select(
  tx: Transaction,
  wish: Wish,
  page: { after: ItemCursor | null; limit: number },
  { before, from, where, at, excerpt }: Source,
): Promise<FoundRow[]> {
  const rows = await tx.execute<Record<string, unknown>>(sql`
    ${before}
    select i.id, i.source_id, i.mailbox_id, i.kind, i.subject, i.sender,
      (extract(epoch from ${at}) * 1000)::float8 as at, i.bytes, i.has_attachments, i.folder_id,
      i.content_id, ${excerpt} as excerpt,
      (extract(epoch from gone.taken_at) * 1000)::float8 as gone_since,
      least(i.to_seq, m.next_seq) - 1 as sequence
    from ${from}
    join mailboxes m on m.tenant_id = i.tenant_id and m.id = i.mailbox_id
    ${goneJoin}
    where ${sql.join(
      [
        sql`i.msp_id = ${wish.mspId}`,
        sql`i.tenant_id = ${wish.tenantId}`,
        ...(wish.mailboxId === null ? [] : [sql`i.mailbox_id = ${wish.mailboxId}`]),
        ...where,
        ...conditions(wish.filter, at),
        ...afterCursor(page.after, at),
      ],
      sql` and `,
    )}
    order by ${at} desc nulls last, i.id desc
    limit ${page.limit}`);
  return rows.map(foundRow);
}

const documentOfItem = sql`search_documents d on d.tenant_id = i.tenant_id
  and d.mailbox_id = i.mailbox_id and d.content_id = i.content_id`;
const itemsOfContent = sql`join items i on i.tenant_id = f.tenant_id
  and i.mailbox_id = f.mailbox_id and i.content_id = f.content_id`;

/** By their dates, or where few left in a time. */
function fromItems(query: string | null): Source {
  return {
    before: sql``,
    from:
      query === null
        ? sql`items i left join ${documentOfItem}`
        : sql`items i join ${documentOfItem}`,
    where: query === null ? [] : [sql`d.words @@ ${query}::tsquery`],
    at: sql`i.at`,
    excerpt: sql`coalesce(d.excerpt, '')`,
  };
}

/** Documents of the scope of a search. */
function scoped({ mspId, tenantId, mailboxId }: Wish): SQL[] {
  const list = [sql`d.msp_id = ${mspId}`, sql`d.tenant_id = ${tenantId}`];
  if (mailboxId !== null) list.push(sql`d.mailbox_id = ${mailboxId}`);
  return list;
}

/** What the fence of `app_search` lets through. The moment is asked outside, or its index would be taken. */
function fromIndex(wish: Wish, since: Date | null): Source {
  return {
    before: sql`with found as materialized (
      select d.tenant_id, d.mailbox_id, d.content_id, d.at, d.excerpt from search_documents d
      where ${sql.join(scoped(wish), sql` and `)})`,
    from: sql`(select * from found order by at desc nulls last offset 0) f ${itemsOfContent}`,
    where: since === null ? [] : [sql`f.at >= ${iso(since)}`],
    at: sql`f.at`,
    excerpt: sql`f.excerpt`,
  };
}

/** The index finds words of one mailbox or one customer without a look at those of others. */
function scopeMark({ tenantId, mailboxId }: Wish): string {
  return mailboxId === null ? customerMark(tenantId) : mailboxMark(mailboxId);
}

async function newestBefore(tx: Transaction, wish: Wish, upTo: Date): Promise<Date | null> {
  const [row] = await tx.execute<{ at: number }>(sql`
    select (extract(epoch from d.at) * 1000)::float8 as at from search_documents d
    where ${sql.join([...scoped(wish), sql`d.at <= ${iso(upTo)}`], sql` and `)}
    order by d.at desc nulls last limit 1`);
  return momentOf(row?.at ?? null);
}

/** For the rest of the transaction: items are looked up one by one, however many may be found. */
async function setPlanner(tx: Transaction): Promise<void> {
  await tx.execute(sql`select set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)`);
}

/** The copy that first did not see the item any more; none where a later version followed. */
const goneJoin = sql`
  left join snapshots gone on gone.tenant_id = i.tenant_id and gone.mailbox_id = i.mailbox_id
    and gone.sequence = i.to_seq
    and not exists (select 1 from items later where later.tenant_id = i.tenant_id
      and later.mailbox_id = i.mailbox_id and later.source_id = i.source_id
      and later.from_seq >= i.to_seq)`;

function conditions(filter: SearchFilter, at: SQL): SQL[] {
  const list = [
    sql`i.from_seq < m.next_seq`,
    sql`not exists (select 1 from items newer where newer.tenant_id = i.tenant_id
      and newer.mailbox_id = i.mailbox_id and newer.source_id = i.source_id
      and newer.content_id = i.content_id and newer.from_seq > i.from_seq
      and newer.from_seq < m.next_seq)`,
  ];
  if (filter.folderId) list.push(sql`i.folder_id = ${filter.folderId}`);
  if (filter.from) list.push(sql`${at} >= ${iso(fromOf(filter))}`);
  if (filter.until) list.push(sql`${at} < ${iso(untilOf(filter))}`);
  if (filter.goneOnly || filter.goneFrom || filter.goneUntil) {
    list.push(sql`i.to_seq is not null and gone.taken_at is not null`);
  }
  if (filter.goneFrom) list.push(sql`gone.taken_at >= ${iso(new Date(filter.goneFrom))}`);
  if (filter.goneUntil) list.push(sql`gone.taken_at < ${iso(endOf(filter.goneUntil))}`);
  return list;
}

function afterCursor(cursor: ItemCursor | null, at: SQL): SQL[] {
  if (cursor === null) return [];
  if (cursor.at === null) return [sql`${at} is null and i.id < ${cursor.id}`];
  const moment = iso(cursor.at);
  return [sql`(${at} < ${moment} or (${at} = ${moment} and i.id < ${cursor.id}) or ${at} is null)`];
}

function momentOf(ms: unknown): Date | null {
  return ms === null ? null : new Date(Number(ms));
}

function foundRow(row: Record<string, unknown>): FoundRow {
  return {
    itemId: row.id as string,
    key: row.source_id as string,
    mailboxId: row.mailbox_id as string,
    kind: row.kind as ItemKind,
    subject: row.subject as string,
    sender: row.sender as string,
    at: momentOf(row.at),
    bytes: Number(row.bytes),
    hasAttachments: row.has_attachments as boolean,
    folderId: row.folder_id as string,
    contentId: row.content_id as string,
    excerpt: row.excerpt as string,
    goneSince: momentOf(row.gone_since),
    sequence: Number(row.sequence),
  };
}
