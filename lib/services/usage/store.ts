import {
  and,
  asc,
  eq,
  gte,
  inArray,
  isNull,
  lt,
  lte,
  min,
  notExists,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { MailboxKind, MailboxState } from '#db/enums.ts';
import { mailboxes, vaults } from '#db/schema/mailboxes.ts';
import { runs } from '#db/schema/runs.ts';
import { usageAdjustments, usageDays, usageStorageDays } from '#db/schema/usage.ts';
import { inputHash } from '#lib/billing/chain.ts';
import {
  type Day,
  dayOf,
  dayStart,
  nextDay,
  type Period,
  periodBounds,
} from '#lib/billing/days.ts';
import type { DayCounts, FreeCounts, FreeReason, UsageState } from '#lib/billing/observation.ts';
import { addMs } from '#lib/core/clock.ts';

export interface TenantKey {
  mspId: string;
  tenantId: string;
}

export type UsageDayRow = typeof usageDays.$inferSelect;

/** Days of one customer are observed one after the other, whoever asks. */
export async function lockUsage(tx: Transaction, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${tenantId}, 5))`);
}

/** A mailbox as far as observing a day needs it, one column an entry. */
export interface FactRow {
  mailboxId: string;
  exchangeId: string;
  kind: MailboxKind;
  state: MailboxState;
  discoveredAt: Date;
  sealedAt: Date | null;
  licensed: boolean | null;
  lastGoodAt: Date | null;
  runId: string | null;
  causes: string[];
}

/** So far back a good copy is looked for in the runs; older ones are of no account for a day. */
const runsBackMs = 8 * 24 * 3_600_000;

/**
 * What is known of every mailbox as of the end of a day. Only what had ended by then counts, so that
 * a day that is observed late, or again, reads the same.
 */
export async function readFacts(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  day: Day,
  everyMinutes: number,
): Promise<FactRow[]> {
  const start = dayStart(day).toISOString();
  const end = dayStart(nextDay(day)).toISOString();
  const back = Math.max(2 * everyMinutes * 60_000, 48 * 3_600_000);
  const from = addMs(dayStart(nextDay(day)), -Math.min(back, runsBackMs));
  const recent = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.mspId, mspId),
        eq(runs.tenantId, tenantId),
        lt(runs.createdAt, dayStart(nextDay(day))),
        or(isNull(runs.endedAt), gte(runs.endedAt, from)),
      ),
    );
  const rows = await tx.execute<{
    id: string;
    exchange_id: string;
    kind: MailboxKind;
    state: MailboxState;
    discovered_at: string;
    sealed_at: string | null;
    licensed: boolean | null;
    last_good_at: string | null;
    good_at: string | null;
    run_id: string | null;
    causes: string[] | null;
  }>(sql`
    with seen as materialized (
      select line.mailbox_id,
        max(line.ended_at) filter (where line.state = 'done' and line.cause is null) as good_at,
        (array_agg(line.run_id order by line.ended_at desc)
          filter (where line.state = 'done' and line.cause is null))[1] as run_id,
        array_agg(distinct line.cause)
          filter (where line.cause is not null and line.ended_at >= ${start}::timestamptz) as causes
      from run_mailboxes line
      where line.msp_id = ${mspId} and line.tenant_id = ${tenantId}
        and line.run_id = any(${pgArray(recent.map(({ id }) => id))}::uuid[])
        and line.ended_at < ${end}::timestamptz
      group by line.mailbox_id
    )
    select box.id, box.exchange_id, box.kind, box.state, box.discovered_at, box.sealed_at,
      box.licensed, box.last_good_at, seen.good_at, seen.run_id, seen.causes
    from mailboxes box left join seen on seen.mailbox_id = box.id
    where box.msp_id = ${mspId} and box.tenant_id = ${tenantId} and box.exchange_id is not null
      and box.discovered_at < ${end}::timestamptz`);
  const date = (text: string | null) => (text === null ? null : new Date(text));
  const endMs = new Date(end).getTime();
  return rows.map((row) => {
    const known = date(row.last_good_at);
    const good = date(row.good_at);
    const before = known !== null && known.getTime() < endMs ? known : null;
    return {
      mailboxId: row.id,
      exchangeId: row.exchange_id,
      kind: row.kind,
      state: row.state,
      discoveredAt: new Date(row.discovered_at),
      sealedAt: date(row.sealed_at),
      licensed: row.licensed,
      lastGoodAt: good === null || (before !== null && before > good) ? before : good,
      runId: row.run_id,
      causes: row.causes ?? [],
    };
  });
}

/**
 * The days, of a row of days that are observed, on which a mailbox of these customers has a good copy
 * that the ledger does not know of. One look at what ran, and nothing of mailboxes that are as they were
 * written down. As sets, not as a join: behind row-level security the planner expects next to no rows,
 * and would go through all of a day's once for each mailbox.
 */
export async function daysWithLateCopies(
  tx: Transaction,
  { mspId, tenantIds }: { mspId: string; tenantIds: readonly string[] },
  first: Day,
  last: Day,
): Promise<{ tenantId: string; day: Day }[]> {
  const from = dayStart(first);
  const end = dayStart(nextDay(last));
  const these = sql`any(${sql.param(pgArray(tenantIds))}::uuid[])`;
  const rows = await tx.execute<{ tenant_id: string; day: Day }>(sql`
    with good as materialized (
      select distinct line.tenant_id, line.mailbox_id, (line.ended_at at time zone 'UTC')::date as day
      from runs run
      join run_mailboxes line on line.msp_id = run.msp_id and line.tenant_id = run.tenant_id
        and line.run_id = run.id
      where run.msp_id = ${mspId} and run.tenant_id = ${these}
        and run.created_at < ${end.toISOString()}::timestamptz
        and (run.ended_at is null or run.ended_at >= ${from.toISOString()}::timestamptz)
        and line.state = 'done' and line.cause is null
        and line.ended_at >= ${from.toISOString()}::timestamptz
        and line.ended_at < ${end.toISOString()}::timestamptz
    ), late as (
      select good.tenant_id, good.mailbox_id, good.day
      from good
      join mailboxes box on box.msp_id = ${mspId} and box.tenant_id = good.tenant_id
        and box.id = good.mailbox_id and box.kind <> 'archive' and box.exchange_id is not null
      except
      select known.tenant_id, known.mailbox_id, known.day
      from usage_mailbox_days known
      where known.msp_id = ${mspId} and known.tenant_id = ${these}
        and known.day between ${first} and ${last} and known.reason is distinct from 'our-fault'
    )
    select distinct late.tenant_id, late.day::text as day
    from late
    where exists (
      select 1 from usage_days counted where counted.msp_id = ${mspId}
        and counted.tenant_id = late.tenant_id and counted.day = late.day)
    order by 1, 2`);
  return rows.map((row) => ({ tenantId: row.tenant_id, day: row.day }));
}

export interface Standing {
  state: UsageState;
  reason: FreeReason | null;
  version: number;
}

/** What counts of a day so far, by subject. */
export async function readStandings(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  day: Day,
): Promise<Map<string, Standing>> {
  const rows = await tx.execute<{
    subject: string;
    state: UsageState;
    reason: FreeReason | null;
    version: number;
  }>(sql`
    select distinct on (subject) subject, state, reason, version from usage_mailbox_days
    where msp_id = ${mspId} and tenant_id = ${tenantId} and day = ${day}
    order by subject, version desc`);
  return new Map(rows.map(({ subject, ...standing }) => [subject, standing]));
}

export interface MailboxDayInsert extends Standing {
  subject: string;
  mailboxId: string;
  runId: string | null;
}

/** One statement takes so many rows. */
const rowsAtOnce = 20_000;

/** The columns of a row, in the order in which they are written, and how Postgres is told of them. */
const columnsOfMailboxDay = {
  subject: 'text',
  version: 'integer',
  state: 'usage_state',
  reason: 'text',
  mailboxId: 'uuid',
  runId: 'uuid',
} as const satisfies Record<keyof MailboxDayInsert, string>;

/** Adds rows of the ledger, as arrays: a row of values each would be parsed one by one. */
export async function addMailboxDays(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  day: Day,
  rows: readonly MailboxDayInsert[],
  at: Date,
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const part = rows.slice(from, from + rowsAtOnce);
    await tx.execute(sql`
      insert into usage_mailbox_days
        (msp_id, tenant_id, day, observed_at, subject, version, state, reason, mailbox_id, run_id)
      select ${mspId}, ${tenantId}, ${day}, ${at.toISOString()}::timestamptz, line.*
      from unnest(${asColumns(part, columnsOfMailboxDay)}) as line`);
  }
}

/** Rows turned into what `unnest` takes: an array for each column. */
function asColumns<Column extends string>(
  rows: readonly Record<Column, string | number | null>[],
  types: Record<Column, string>,
): SQL {
  const names = Object.keys(types) as Column[];
  const arrays = names.map(
    (name) => sql`${sql.param(pgArray(rows.map((row) => row[name])))}::${sql.raw(types[name])}[]`,
  );
  return sql.join(arrays, sql`, `);
}

/** An array as Postgres writes one. */
function pgArray(values: readonly (string | number | null)[]): string {
  const quoted = values.map((value) =>
    value === null ? 'NULL' : `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return `{${quoted.join(',')}}`;
}

/** What the vault takes up now, and what the mailboxes hold. */
export async function sampleStorage(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
): Promise<{ physicalBytes: number; logicalBytes: number }> {
  const [vault] = await tx
    .select({ bytes: vaults.storedBytes })
    .from(vaults)
    .where(and(eq(vaults.mspId, mspId), eq(vaults.tenantId, tenantId)));
  const [held] = await tx
    .select({ bytes: sql<number>`coalesce(sum(${mailboxes.bytes}), 0)::bigint`.mapWith(Number) })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        inArray(mailboxes.state, ['protected', 'sealed', 'excluded']),
      ),
    );
  return { physicalBytes: vault?.bytes ?? 0, logicalBytes: held?.bytes ?? 0 };
}

/** The sample of a day; taken once, since what is stored later says nothing of it. */
export async function findStorageDay(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  day: Day,
): Promise<{ physicalBytes: number; logicalBytes: number } | undefined> {
  const [row] = await tx
    .select({
      physicalBytes: usageStorageDays.physicalBytes,
      logicalBytes: usageStorageDays.logicalBytes,
    })
    .from(usageStorageDays)
    .where(
      and(
        eq(usageStorageDays.mspId, mspId),
        eq(usageStorageDays.tenantId, tenantId),
        eq(usageStorageDays.day, day),
      ),
    )
    .orderBy(sql`${usageStorageDays.version} desc`)
    .limit(1);
  return row;
}

export async function addStorageDay(
  tx: Transaction,
  row: typeof usageStorageDays.$inferInsert,
): Promise<void> {
  await tx.insert(usageStorageDays).values(row);
}

export async function addUsageDay(
  tx: Transaction,
  row: typeof usageDays.$inferInsert,
): Promise<void> {
  await tx.insert(usageDays).values(row);
}

export async function findUsageDay(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
  day: Day,
): Promise<UsageDayRow | undefined> {
  const [row] = await tx
    .select()
    .from(usageDays)
    .where(
      and(eq(usageDays.mspId, mspId), eq(usageDays.tenantId, tenantId), eq(usageDays.day, day)),
    )
    .orderBy(sql`${usageDays.version} desc`)
    .limit(1);
  return row;
}

/** The first day that the ledger has of a customer; null where it has none. */
export async function firstUsageDay(
  tx: Transaction,
  { mspId, tenantId }: TenantKey,
): Promise<Day | null> {
  const [row] = await tx
    .select({ day: min(usageDays.day) })
    .from(usageDays)
    .where(and(eq(usageDays.mspId, mspId), eq(usageDays.tenantId, tenantId)));
  return row?.day ?? null;
}

/** Which of these customers are observed for a day. */
export async function observedOn(
  tx: Transaction,
  mspId: string,
  tenantIds: readonly string[],
  day: Day,
): Promise<Set<string>> {
  const rows = await tx
    .selectDistinct({ tenantId: usageDays.tenantId })
    .from(usageDays)
    .where(
      and(
        eq(usageDays.mspId, mspId),
        eq(usageDays.day, day),
        sql`${usageDays.tenantId} = any(${sql.param(pgArray(tenantIds))}::uuid[])`,
      ),
    );
  return new Set(rows.map(({ tenantId }) => tenantId));
}

/** What counts of a month, one row a customer and day; `only` narrows it to some customers. */
export async function readUsageDays(
  tx: Transaction,
  mspId: string,
  period: Period,
  only?: readonly string[],
): Promise<UsageDayRow[]> {
  return await newestUsageDays(tx, mspId, period, only);
}

/**
 * What counted of a month at the moment that it was closed, one row a customer and day: without what was
 * observed since, and without what was booked as a correction of it.
 */
export async function readUsageDaysAt(
  tx: Transaction,
  mspId: string,
  period: Period,
  of: { tenantIds: readonly string[]; closedAt: Date },
): Promise<UsageDayRow[]> {
  const correction = tx
    .select({ one: sql`1` })
    .from(usageAdjustments)
    .where(
      and(
        eq(usageAdjustments.mspId, mspId),
        eq(usageAdjustments.tenantId, usageDays.tenantId),
        eq(usageAdjustments.day, usageDays.day),
        eq(usageAdjustments.version, usageDays.version),
      ),
    );
  const counted = and(lte(usageDays.observedAt, of.closedAt), notExists(correction));
  return await newestUsageDays(tx, mspId, period, of.tenantIds, counted);
}

/** Each customer's days of a month in their newest version, of the versions that `such` holds of. */
async function newestUsageDays(
  tx: Transaction,
  mspId: string,
  period: Period,
  only?: readonly string[],
  such?: SQL,
): Promise<UsageDayRow[]> {
  if (only?.length === 0) return [];
  const { start, end } = periodBounds(period);
  return await tx
    .selectDistinctOn([usageDays.tenantId, usageDays.day])
    .from(usageDays)
    .where(
      and(
        eq(usageDays.mspId, mspId),
        gte(usageDays.day, dayOf(start)),
        lt(usageDays.day, dayOf(end)),
        only === undefined ? undefined : inArray(usageDays.tenantId, [...only]),
        such,
      ),
    )
    .orderBy(asc(usageDays.tenantId), asc(usageDays.day), sql`${usageDays.version} desc`);
}

/**
 * The customers' days of which some version is not what the rows of mailboxes come to that were written by
 * then: other hash, other counts, or rows that no version knows of. Rows of a version carry its moment, so
 * it is clear which were there, whatever the clock did. The hash is that of `dayHash`.
 */
export async function daysUnlikeTheirMailboxes(
  tx: Transaction,
  { mspId, tenantIds }: { mspId: string; tenantIds: readonly string[] },
  day: Day,
): Promise<{ tenantId: string; name: string }[]> {
  const these = sql`any(${sql.param(pgArray(tenantIds))}::uuid[])`;
  const rows = await tx.execute<{ tenant_id: string; name: string }>(sql`
    with counted as materialized (
      select tenant_id, version, observed_at, input_hash, protected, sealed, free
      from usage_days where msp_id = ${mspId} and tenant_id = ${these} and day = ${day}
    ), written as materialized (
      select line.tenant_id, line.subject, line.version, line.state, line.reason,
        min(counted.version) as since
      from usage_mailbox_days line
      left join counted on counted.tenant_id = line.tenant_id
        and counted.observed_at = line.observed_at
      where line.msp_id = ${mspId} and line.tenant_id = ${these} and line.day = ${day}
      group by line.tenant_id, line.subject, line.version, line.state, line.reason
    ), standing as (
      select distinct on (counted.tenant_id, counted.version, written.subject)
        counted.tenant_id, counted.version, written.state,
        written.subject || '|' || written.state || '|' || coalesce(written.reason, '') || E'\n' as text
      from counted
      join written on written.tenant_id = counted.tenant_id and written.since <= counted.version
      order by counted.tenant_id, counted.version, written.subject, written.version desc
    ), made as (
      select tenant_id, version,
        sha256(convert_to(string_agg(text, '' order by text collate "C"), 'UTF8')) as hash,
        count(*) filter (where state = 'protected') as protected,
        count(*) filter (where state = 'sealed') as sealed,
        count(*) filter (where state = 'free') as free
      from standing group by tenant_id, version
    ), unlike as (
      select counted.tenant_id
      from counted
      left join made on made.tenant_id = counted.tenant_id and made.version = counted.version
      where (counted.input_hash, counted.protected, counted.sealed, counted.free) is distinct from
        (coalesce(made.hash, sha256('')), coalesce(made.protected, 0), coalesce(made.sealed, 0),
          coalesce(made.free, 0))
      union
      select tenant_id from written where since is null
    )
    select customer.id as tenant_id, customer.name
    from unlike join tenants customer on customer.msp_id = ${mspId} and customer.id = unlike.tenant_id
    order by customer.name, customer.id`);
  return rows.map((row) => ({ tenantId: row.tenant_id, name: row.name }));
}

/** The hash of everything that a month is calculated of. */
export function hashOfDays(rows: readonly UsageDayRow[]): string {
  return inputHash(
    rows.map(({ tenantId, day, inputHash: hash, physicalBytes, trial }) => ({
      tenantId,
      day,
      hash: Buffer.from(hash).toString('hex'),
      physicalBytes,
      trial,
    })),
  );
}

/** A row of the daily counts as the calculation takes it. */
export function countsOf(row: UsageDayRow): DayCounts {
  return {
    tenantId: row.tenantId,
    day: row.day,
    protected: row.protected,
    sealed: row.sealed,
    free: row.reasons as FreeCounts,
    physicalBytes: row.physicalBytes,
    logicalBytes: row.logicalBytes,
    trial: row.trial,
  };
}
