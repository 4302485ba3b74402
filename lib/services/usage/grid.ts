import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { type Day, dayOf, type Period, periodBounds } from '#lib/billing/days.ts';
import type { FreeReason, UsageState } from '#lib/billing/observation.ts';
import type { TenantKey } from './store.ts';

/** Reads mailbox-days by mailbox. */

interface GridQuery {
  period: Period;
  days: readonly Day[];
  codes: readonly ('p' | 's' | 'f' | '-')[];
  show: 'changed' | 'all';
  after: string | undefined;
  limit: number;
}

export interface FoundRow {
  subject: string;
  mailboxId: string;
  changed: boolean;
  /** Where a list goes on after it. */
  position: string;
  cells: { day: Day; code: 'p' | 's' | 'f'; reason: FreeReason | null }[];
}

/** Mailboxes that stood in the line on some day, one row each: on how many days, and as how many things. */
function subjects({ mspId, tenantId }: TenantKey, { period, codes, days }: GridQuery): SQL {
  const { start, end } = periodBounds(period);
  return sql`
    select subject, (array_agg(mailbox_id order by day desc))[1] as mailbox_id,
      not (count(*) = ${days.length} and min(state || coalesce(reason, '')) = max(state || coalesce(reason, ''))) as changed
    from (
      select distinct on (day, subject) day, subject, state::text as state, reason, mailbox_id
      from usage_mailbox_days
      where msp_id = ${mspId} and tenant_id = ${tenantId}
        and day >= ${dayOf(start)} and day < ${dayOf(end)}
      order by day, subject, version desc
    ) as counting
    group by subject
    having bool_or(left(state, 1) = any(string_to_array(${codes.join(',')}, ',')))`;
}

export async function countSubjects(
  tx: Transaction,
  key: TenantKey,
  query: GridQuery,
): Promise<{ changed: number; constant: number }> {
  const [row] = await tx.execute<{ changed: number; constant: number }>(sql`
    select (count(*) filter (where changed))::int as changed,
      (count(*) filter (where not changed))::int as constant
    from (${subjects(key, query)}) as found`);
  return row ?? { changed: 0, constant: 0 };
}

/** Those that changed first, by their ids. */
export async function gridRows(
  tx: Transaction,
  key: TenantKey,
  query: GridQuery,
): Promise<FoundRow[]> {
  const { start, end } = periodBounds(query.period);
  const position = sql`(case when changed then '0' else '1' end || subject)`;
  const found = await tx.execute<{
    subject: string;
    mailbox_id: string;
    changed: boolean;
    position: string;
  }>(sql`
    select subject, mailbox_id, changed, ${position} as position
    from (${subjects(key, query)}) as found
    where ${query.show === 'all' ? sql`true` : sql`changed`}
      and ${query.after === undefined ? sql`true` : sql`${position} collate "C" > ${query.after} collate "C"`}
    order by ${position} collate "C"
    limit ${query.limit}`);
  if (found.length === 0) return [];
  const cells = await tx.execute<{
    subject: string;
    day: Day;
    state: UsageState;
    reason: FreeReason | null;
  }>(sql`
    select distinct on (day, subject) day::text as day, subject, state::text as state, reason
    from usage_mailbox_days
    where msp_id = ${key.mspId} and tenant_id = ${key.tenantId}
      and day >= ${dayOf(start)} and day < ${dayOf(end)}
      and subject in ${found.map(({ subject }) => subject)}
    order by day, subject, version desc`);
  const bySubject = Map.groupBy(cells, ({ subject }) => subject);
  return found.map((row) => ({
    subject: row.subject,
    mailboxId: row.mailbox_id,
    changed: row.changed,
    position: row.position,
    cells: (bySubject.get(row.subject) ?? []).map(({ day, state, reason }) => ({
      day,
      code: state[0] as 'p' | 's' | 'f',
      reason,
    })),
  }));
}

/** As mailboxes are called now. */
export async function namesOf(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  mailboxIds: readonly string[],
): Promise<Map<string, { name: string; address: string }>> {
  if (mailboxIds.length === 0) return new Map();
  const rows = await tx
    .select({ id: mailboxes.id, name: mailboxes.displayName, address: mailboxes.address })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        inArray(mailboxes.id, [...mailboxIds]),
      ),
    );
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}
