import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ItemKind } from '#db/enums.ts';
import type { SearchFilter } from '#db/schema/search.ts';
import type { ItemCursor } from '../items/cursor.ts';
import { customerMark, mailboxMark } from './documents.ts';
import type { Patience } from './in-turn.ts';
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

/** A wish, and the folders of things that were deleted: only what is gone is asked about these. */
interface Look extends Wish {
  bins: SQL | null;
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
  /** When a copy first saw that it lies in Deleted Items or Recoverable Items alone. */
  binnedSince: Date | null;
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

/** The first look goes back so long from the newest that may be found. */
const firstStepMs = dayMs;
/**
 * A look goes back so many times as far as all before it together. Where most of what the index finds
 * is no hit, what it finds must be read to know, and it goes back in smaller steps.
 */
const growth = { least: 2, most: 64, mostWhenRead: 8 };
/** So far, and then all of the past: what was not found often enough by then is rare. */
const lookedBackMaxMs = 512 * dayMs;

interface Page {
  after: ItemCursor | null;
  limit: number;
  now: Date;
  patience: Patience;
  /** A page of fewer hits now is better than a full one later; what is to be whole does not hurry. */
  hurry: boolean;
}

export interface Found {
  rows: FoundRow[];
  /** Nobody looked at what comes after this; null where there are enough hits, or no more. */
  stoppedAt: ItemCursor | null;
}

/** In a hurry nothing is begun that would take longer than so, once there is something to show. */
const hurryMs = 100;

/** How many times what the looks so far have taken there is time for; no less than none. */
function timeFor(page: Page, found: number): number {
  if (!page.hurry || found === 0) return Number.POSITIVE_INFINITY;
  return hurryMs / Math.max(1, page.patience.spentMs());
}

/** Less than half of what was looked at would be added: then what is found is shown. */
const worthIt = 1.5;

/** No hit that is as old has an id before this one. */
const beforeAllIds = '00000000-0000-0000-0000-000000000000';

/**
 * The newest hits after a cursor. A hit is an item: of its versions with the found content the
 * newest that a copy of the mailbox shows.
 *
 * The index finds words in any order, and sorting every place of a common word takes seconds. So the
 * newest day is asked for first, then what was before it, as far as the hits so far say that a page
 * needs, and all of the past only for words that are rare. Where most of what the index finds is no hit,
 * such as of a phrase of two common words, a page ends when its time is over, and the next goes on there.
 */
export async function findHits(tx: Transaction, wish: Wish, page: Page): Promise<Found> {
  const { filter } = wish;
  const query = await queryOf(tx, wish.words, filter);
  const look = { ...wish, bins: isOfGone(filter) ? await binsOf(tx, wish) : null };
  await setPlanner(tx);
  if (query === null) {
    const source = isOfGone(filter) ? fromGone(look, null, page.after, null) : fromItems();
    await setOrder(tx, 'off');
    const rows = await select(tx, look, page, source);
    await setOrder(tx, 'on');
    return { rows, stoppedAt: null };
  }
  const found = isOfGone(filter)
    ? await findGone(tx, look, query, page)
    : await findByWords(tx, look, query, page, 0);
  await tx.execute(sql`set local role none`);
  return found;
}

/**
 * Deleted Items and Recoverable Items, and what is below them, as they are now. What lies there alone is
 * as good as gone to whoever deleted it, and is found where it was before: as its last version elsewhere.
 * An item whose whole folder was put there has not moved itself, and is found in that folder.
 */
async function binsOf(tx: Transaction, wish: Wish): Promise<SQL | null> {
  const folders = sql`from folders f where f.msp_id = ${wish.mspId} and f.tenant_id = ${wish.tenantId}
    and f.to_seq is null ${wish.mailboxId === null ? sql`` : sql`and f.mailbox_id = ${wish.mailboxId}`}`;
  const rows = await tx.execute<{ id: string }>(sql`
    with recursive bin as (
      select f.mailbox_id, f.source_id ${folders}
        and f.well_known ~ '^(deleteditems|recoverableitems)'
      union
      select f.mailbox_id, f.source_id from bin join lateral (select f.* ${folders}
        and f.mailbox_id = bin.mailbox_id and f.parent_source_id = bin.source_id) f on true)
    select source_id as id from bin`);
  if (rows.length === 0) return null;
  // As one text, of which the planner makes a table to look into; a list would be gone through each time.
  const list = rows.map(({ id }) => `"${id.replace(/[\\"]/g, '\\$&')}"`).join(',');
  return sql`${`{${list}}`}::text[]`;
}

function isOfGone({ goneOnly, goneFrom, goneUntil }: SearchFilter): boolean {
  return Boolean(goneOnly || goneFrom || goneUntil);
}

const goneTriedFirst = 400;
const goneTriedMax = 4000;

/**
 * Few items are gone: of those the newest are looked at one by one, and where their words turn out to
 * be rarer than that the index goes on from there. Leaves the transaction with the role that searches.
 */
async function findGone(tx: Transaction, wish: Look, query: string, page: Page): Promise<Found> {
  const found: FoundRow[] = [];
  let { after } = page;
  let count = goneTriedFirst;
  for (let tried = 0; ; ) {
    const rest = { ...page, after, limit: page.limit - found.length };
    await page.patience.next(tx);
    const last = await lastOfGone(tx, wish, after, count);
    found.push(...(await select(tx, wish, rest, fromGone(wish, query, after, count))));
    if (found.length >= page.limit || last === null) return { rows: found, stoppedAt: null };
    after = last;
    tried += count;
    const needed = ((page.limit - found.length) * tried) / Math.max(found.length, 1);
    const most = timeFor(page, found.length);
    if (most < worthIt) return { rows: found, stoppedAt: last };
    if (needed > goneTriedMax) break;
    count = Math.ceil(Math.min(needed * 1.3, tried * (most - 1)));
  }
  const rest = { ...page, after, limit: page.limit - found.length };
  const more = await findByWords(tx, wish, query, rest, found.length);
  return { rows: [...found, ...more.rows], stoppedAt: more.stoppedAt };
}

/**
 * Leaves the transaction with the role that searches.
 * @param before how many hits there are already
 */
async function findByWords(
  tx: Transaction,
  wish: Look,
  query: string,
  page: Page,
  before: number,
): Promise<Found> {
  const { after, now, limit } = page;
  const { filter } = wish;
  const upTo = after === null ? new Date(Math.min(+untilOf(filter, now), +now)) : after.at;
  await page.patience.next(tx);
  const newest = upTo === null ? null : await newestBefore(tx, wish, upTo);
  const found: FoundRow[] = [];
  let until: Date | null = null;
  let spanMs = firstStepMs;
  const read = isOfGone(filter) || query.includes('<') || filter.folderId !== undefined;
  const most = read ? growth.mostWhenRead : growth.most;
  while (newest !== null && spanMs < lookedBackMaxMs) {
    // Whole days are what the index knows.
    const sinceMs = Math.floor((+newest - spanMs) / dayMs) * dayMs;
    const since = new Date(Math.max(sinceMs, +fromOf(filter)));
    const rest = { ...page, limit: limit - found.length };
    found.push(...(await selectByWords(tx, wish, query, rest, { since, until })));
    if (found.length >= limit || (filter.from && +since === +fromOf(filter))) {
      return { rows: found, stoppedAt: null };
    }
    until = since;
    // What the index alone can tell is told, however busy the machine is.
    const affordable = read ? timeFor(page, before + found.length) : Number.POSITIVE_INFINITY;
    if (affordable < worthIt) return { rows: found, stoppedAt: { at: since, id: beforeAllIds } };
    const needed = (1.3 * limit) / Math.max(found.length, 1);
    spanMs *= Math.min(Math.max(needed, growth.least), most, affordable);
  }
  const rest = { ...page, limit: limit - found.length };
  found.push(...(await selectByWords(tx, wish, query, rest, { since: null, until })));
  return { rows: found, stoppedAt: null };
}

/**
 * Items of the scope that hold the words, from `since` on and before `until`. Without `since` they are
 * of all times before it, and those without a date.
 */
async function selectByWords(
  tx: Transaction,
  wish: Look,
  query: string,
  page: Page,
  window: { since: Date | null; until: Date | null },
): Promise<FoundRow[]> {
  const { filter } = wish;
  const { after } = page;
  const since = window.since ?? (filter.from ? fromOf(filter) : null);
  const ends = [
    ...(after?.at ? [+after.at + 1] : []),
    ...(filter.until ? [+untilOf(filter)] : []),
    ...(window.until ? [+window.until] : []),
  ];
  const until = ends.length === 0 ? null : new Date(Math.min(...ends));
  if (since !== null && until !== null && since >= until) return [];
  // What has no date has no mark of one.
  const undated = since === null && !filter.until;
  const times = undated ? [] : marksOfTime(since, until);
  const words = [`(${query})`, `'${scopeMark(wish)}'`];
  if (times.length > 0) words.push(`(${times.map((mark) => `'${mark}'`).join(' | ')})`);
  await tx.execute(sql`select set_config('app.words', ${words.join(' & ')}, true),
    set_config('role', 'app_search', true)`);
  return await select(tx, wish, page, fromIndex(wish, { since, until: window.until }));
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
  wish: Look,
  page: Page,
  { before, from, where, at, excerpt }: Source,
): Promise<FoundRow[]> {
  await page.patience.next(tx);
  const rows = await tx.execute<Record<string, unknown>>(sql`
    ${before}
    select i.id, i.source_id, i.mailbox_id, i.kind, i.subject, i.sender,
      (extract(epoch from ${at}) * 1000)::float8 as at, i.bytes, i.has_attachments, i.folder_id,
      i.content_id, ${excerpt} as excerpt,
      (extract(epoch from gone.taken_at) * 1000)::float8 as gone_since,
      ${isBinned(wish)} as binned,
      least(i.to_seq, m.next_seq) - 1 as sequence
    from ${from}
    join mailboxes m on m.tenant_id = i.tenant_id and m.id = i.mailbox_id
    ${goneJoin(wish)}
    where ${sql.join(
      [
        sql`i.msp_id = ${wish.mspId}`,
        sql`i.tenant_id = ${wish.tenantId}`,
        ...(wish.mailboxId === null ? [] : [sql`i.mailbox_id = ${wish.mailboxId}`]),
        ...where,
        ...conditions(wish, at),
        ...afterCursor(page.after, at),
      ],
      sql` and `,
    )}
    order by ${at} desc nulls last, i.id desc nulls last
    limit ${page.limit}`);
  return rows.map(foundRow);
}

const documentOfItem = sql`search_documents d on d.tenant_id = i.tenant_id
  and d.mailbox_id = i.mailbox_id and d.content_id = i.content_id`;
const itemsOfContent = sql`join items i on i.tenant_id = f.tenant_id
  and i.mailbox_id = f.mailbox_id and i.content_id = f.content_id`;

/** By their dates. */
function fromItems(): Source {
  return {
    before: sql``,
    from: sql`items i left join ${documentOfItem}`,
    where: [],
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
function fromIndex(
  wish: Wish,
  { since, until }: { since: Date | null; until: Date | null },
): Source {
  return {
    before: sql`with found as materialized (
      select d.tenant_id, d.mailbox_id, d.content_id, d.at, d.excerpt from search_documents d
      where ${sql.join(scoped(wish), sql` and `)})`,
    from: sql`(select * from found order by at desc nulls last offset 0) f ${itemsOfContent}`,
    where: [
      ...(since === null ? [] : [sql`f.at >= ${iso(since)}`]),
      ...(until === null ? [] : [sql`(f.at < ${iso(until)} or f.at is null)`]),
    ],
    at: sql`f.at`,
    excerpt: sql`f.excerpt`,
  };
}

/** Of the newest so many that are gone, or were moved, those with the words; of all where null. */
function fromGone(
  wish: Wish,
  query: string | null,
  after: ItemCursor | null,
  count: number | null,
): Source {
  const join = query === null ? sql`left join` : sql`join`;
  const limit = count === null ? sql`` : sql`limit ${count}`;
  return {
    before: sql``,
    from: sql`(${goneItems(sql`i.*`, wish, after)} ${limit}) i ${join} ${documentOfItem}`,
    where: query === null ? [] : [sql`d.words @@ ${query}::tsquery`],
    at: sql`i.at`,
    excerpt: sql`coalesce(d.excerpt, '')`,
  };
}

/** Where the next so many end; null where there are no more. */
async function lastOfGone(
  tx: Transaction,
  wish: Wish,
  after: ItemCursor | null,
  count: number,
): Promise<ItemCursor | null> {
  const [row] = await tx.execute<{ id: string; at: number | null }>(sql`
    select id, (extract(epoch from at) * 1000)::float8 as at
    from (${goneItems(sql`i.id, i.at`, wish, after)} offset ${count - 1} limit 1) i`);
  return row === undefined ? null : { id: row.id, at: momentOf(row.at) };
}

/** In the order of hits; of the copies of some days where the search has some. */
function goneItems(columns: SQL, wish: Wish, after: ItemCursor | null): SQL {
  const { mspId, tenantId, mailboxId, filter } = wish;
  const ofDays = filter.goneFrom || filter.goneUntil;
  const from = ofDays
    ? sql`snapshots gone join items i on i.tenant_id = gone.tenant_id
        and i.mailbox_id = gone.mailbox_id and i.to_seq = gone.sequence`
    : sql`items i`;
  const where = [
    sql`i.msp_id = ${mspId} and i.tenant_id = ${tenantId} and i.to_seq is not null`,
    ...(mailboxId === null ? [] : [sql`i.mailbox_id = ${mailboxId}`]),
    ...goneConditions(filter),
    ...timeConditions(filter, sql`i.at`),
    ...afterCursor(after, sql`i.at`),
  ];
  return sql`select ${columns} from ${from} where ${sql.join(where, sql` and `)}
    order by i.at desc nulls last, i.id desc nulls last`;
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

/**
 * For the rest of the transaction: joins in the order written, what is found first and in its order,
 * and then what belongs to it. Items are looked up one by one, however many may be found, and no
 * table is ever read whole, which Postgres prefers where it thinks that most texts have the words. A
 * second process takes longer to begin than most looks take.
 */
async function setPlanner(tx: Transaction): Promise<void> {
  await tx.execute(sql`select set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true),
    set_config('join_collapse_limit', '1', true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)`);
}

/**
 * Off, rows come in the order of the index by date, and of a month with thousands of items the first few
 * are read: behind fences Postgres expects too few to think that worth while, and reads and sorts them all.
 */
async function setOrder(tx: Transaction, sorting: 'on' | 'off'): Promise<void> {
  await tx.execute(sql`select set_config('enable_sort', ${sorting}, true),
    set_config('enable_bitmapscan', ${sorting}, true), set_config('enable_material', ${sorting}, true)`);
}

/** Versions of the same item that came later. */
const later = sql`select 1 from items later where later.tenant_id = i.tenant_id
  and later.mailbox_id = i.mailbox_id and later.source_id = i.source_id
  and later.from_seq >= i.to_seq`;

/**
 * The copy that first did not see the item any more; none where a later version followed. Where bins are
 * looked at, a version elsewhere counts, too, whose item is only in one of them now.
 */
function goneJoin({ bins }: Look): SQL {
  const isGone = sql`not exists (${later})`;
  return sql`
    left join snapshots gone on gone.tenant_id = i.tenant_id and gone.mailbox_id = i.mailbox_id
      and gone.sequence = i.to_seq
      and ${
        bins === null
          ? isGone
          : sql`not exists (${later} and later.folder_id <> all(${bins}))
              and (${isGone} or (i.folder_id <> all(${bins}) and exists (${later} and later.to_seq is null)))`
      }`;
}

/** Is what is found as gone still in a bin? */
function isBinned({ bins }: Look): SQL {
  return bins === null ? sql`false` : sql`(i.to_seq is not null and exists (${later}))`;
}

function conditions({ filter, bins }: Look, at: SQL): SQL[] {
  const elsewhere = bins === null ? sql`` : sql`and newer.folder_id <> all(${bins})`;
  const list = [
    sql`i.from_seq < m.next_seq`,
    sql`not exists (select 1 from items newer where newer.tenant_id = i.tenant_id
      and newer.mailbox_id = i.mailbox_id and newer.source_id = i.source_id
      and newer.content_id = i.content_id and newer.from_seq > i.from_seq
      and newer.from_seq < m.next_seq ${elsewhere})`,
  ];
  if (filter.folderId) list.push(sql`i.folder_id = ${filter.folderId}`);
  list.push(...timeConditions(filter, at));
  if (isOfGone(filter)) {
    list.push(sql`i.to_seq is not null and gone.taken_at is not null`);
  }
  list.push(...goneConditions(filter));
  return list;
}

function goneConditions({ goneFrom, goneUntil }: SearchFilter): SQL[] {
  return [
    ...(goneFrom ? [sql`gone.taken_at >= ${iso(new Date(goneFrom))}`] : []),
    ...(goneUntil ? [sql`gone.taken_at < ${iso(endOf(goneUntil))}`] : []),
  ];
}

function timeConditions(filter: SearchFilter, at: SQL): SQL[] {
  return [
    ...(filter.from ? [sql`${at} >= ${iso(fromOf(filter))}`] : []),
    ...(filter.until ? [sql`${at} < ${iso(untilOf(filter))}`] : []),
  ];
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
    goneSince: row.binned ? null : momentOf(row.gone_since),
    binnedSince: row.binned ? momentOf(row.gone_since) : null,
    sequence: Number(row.sequence),
  };
}
