import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ItemKind } from '#db/enums.ts';
import type { SearchFilter } from '#db/schema/search.ts';
import type { ItemCursor } from '../items/cursor.ts';
import { queryOf } from './query.ts';

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

function fromMoment(text: string): string {
  return new Date(text).toISOString();
}

/** A day ends when the next one begins. */
function untilMoment(text: string): string {
  const ms = Date.parse(text);
  return new Date(isDay.test(text) ? ms + dayMs : ms).toISOString();
}

/**
 * The newest hits after a cursor. A hit is an item: of its versions with the found content the
 * newest that a copy of the mailbox shows.
 */
export async function findHits(
  tx: Transaction,
  wish: Wish,
  page: { after: ItemCursor | null; limit: number },
): Promise<FoundRow[]> {
  const query = queryOf(wish.words, wish.filter);
  const at = query === null ? sql`i.at` : sql`d.at`;
  const documents = query === null ? sql`left join` : sql`join`;
  const rows = await tx.execute<Record<string, unknown>>(sql`
    select i.id, i.source_id, i.mailbox_id, i.kind, i.subject, i.sender,
      (extract(epoch from i.at) * 1000)::float8 as at, i.bytes, i.has_attachments, i.folder_id,
      i.content_id, coalesce(d.excerpt, '') as excerpt,
      (extract(epoch from gone.taken_at) * 1000)::float8 as gone_since,
      least(i.to_seq, m.next_seq) - 1 as sequence
    from items i
    join mailboxes m on m.tenant_id = i.tenant_id and m.id = i.mailbox_id
    ${documents} search_documents d on d.tenant_id = i.tenant_id
      and d.mailbox_id = i.mailbox_id and d.content_id = i.content_id
    ${goneJoin}
    where ${sql.join(
      [
        sql`i.msp_id = ${wish.mspId}`,
        sql`i.tenant_id = ${wish.tenantId}`,
        ...(wish.mailboxId === null ? [] : [sql`i.mailbox_id = ${wish.mailboxId}`]),
        ...(query === null ? [] : [sql`d.words @@ ${query}`]),
        ...conditions(wish.filter, at),
        ...afterCursor(page.after, at),
      ],
      sql` and `,
    )}
    order by ${at} desc nulls last, i.id desc
    limit ${page.limit}`);
  return rows.map(foundRow);
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
  if (filter.from) list.push(sql`${at} >= ${fromMoment(filter.from)}::timestamptz`);
  if (filter.until) list.push(sql`${at} < ${untilMoment(filter.until)}::timestamptz`);
  if (filter.goneOnly || filter.goneFrom || filter.goneUntil) {
    list.push(sql`i.to_seq is not null and gone.taken_at is not null`);
  }
  if (filter.goneFrom) list.push(sql`gone.taken_at >= ${fromMoment(filter.goneFrom)}::timestamptz`);
  if (filter.goneUntil)
    list.push(sql`gone.taken_at < ${untilMoment(filter.goneUntil)}::timestamptz`);
  return list;
}

function afterCursor(cursor: ItemCursor | null, at: SQL): SQL[] {
  if (cursor === null) return [];
  if (cursor.at === null) return [sql`${at} is null and i.id < ${cursor.id}`];
  const moment = sql`${cursor.at.toISOString()}::timestamptz`;
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
