import { and, asc, desc, eq, getTableColumns, gte, inArray, isNotNull, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import { customerFigures, lastRuns } from '#db/schema/figures.ts';
import { mailboxes, vaults } from '#db/schema/mailboxes.ts';
import { policies } from '#db/schema/policies.ts';
import { runs } from '#db/schema/runs.ts';
import { connections, tenants } from '#db/schema/tenants.ts';
import type { EndedRun } from '../coverage/history.ts';
import { isOpen } from '../runs/rules.ts';

interface Scope {
  mspId: string;
  tenantId: string;
}

/** Keepers of one customer's figures take turns, so that the last to read is the last to write. */
export async function lockFigures(tx: Transaction, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${tenantId}, 4))`);
}

export async function figuresAge(tx: Transaction, scope: Scope): Promise<Date | null> {
  const [row] = await tx
    .select({ at: customerFigures.at })
    .from(customerFigures)
    .where(
      and(eq(customerFigures.mspId, scope.mspId), eq(customerFigures.tenantId, scope.tenantId)),
    );
  return row?.at ?? null;
}

const countWhere = (condition: ReturnType<typeof sql>) =>
  sql<number>`(count(*) filter (where ${condition}))::int`;

/** Sums over the mailboxes of a customer as they are now. */
export async function sumMailboxes(tx: Transaction, scope: Scope) {
  const { state, lastGoodAt, lastOutcome, items, bytes } = mailboxes;
  const [row] = await tx
    .select({
      // Excluded and erased mailboxes are nobody's loss and not counted.
      mailboxes: countWhere(sql`${state} not in ('excluded', 'erased')`),
      protected: countWhere(sql`${state} = 'protected'`),
      sealed: countWhere(sql`${state} = 'sealed'`),
      covered: countWhere(sql`${state} in ('protected', 'sealed') and ${lastGoodAt} is not null`),
      unexplained: countWhere(
        sql`${state} = 'protected' and ${lastGoodAt} is null and ${lastOutcome} is null`,
      ),
      withGaps: countWhere(sql`${state} = 'protected' and ${lastOutcome} = 'done with skips'`),
      failing: countWhere(sql`${state} = 'protected' and ${lastOutcome} not like 'done%'`),
      oldestGoodAt:
        sql<Date | null>`min(${lastGoodAt}) filter (where ${state} = 'protected')`.mapWith(
          lastGoodAt,
        ),
      newestGoodAt: sql<Date | null>`max(${lastGoodAt})`.mapWith(lastGoodAt),
      items: sql<number>`coalesce(sum(${items}), 0)`.mapWith(Number),
      rawBytes: sql<number>`coalesce(sum(${bytes}), 0)`.mapWith(Number),
    })
    .from(mailboxes)
    .where(and(eq(mailboxes.mspId, scope.mspId), eq(mailboxes.tenantId, scope.tenantId)));
  return row!;
}

/** Oldest first. */
export async function endedRuns(tx: Transaction, scope: Scope, since: Date): Promise<EndedRun[]> {
  const rows = await tx
    .select({
      state: runs.state,
      endedAt: runs.endedAt,
      enumerated: runs.enumerated,
      stored: runs.stored,
      reused: runs.reused,
      removed: runs.removed,
      skipped: runs.skipped,
      failed: runs.failed,
    })
    .from(runs)
    .where(
      and(
        eq(runs.mspId, scope.mspId),
        eq(runs.tenantId, scope.tenantId),
        isNotNull(runs.endedAt),
        gte(runs.endedAt, since),
      ),
    )
    .orderBy(asc(runs.endedAt), asc(runs.id));
  return rows.map((row) => ({ ...row, endedAt: row.endedAt! }));
}

export async function findVault(tx: Transaction, scope: Scope) {
  const [row] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.mspId, scope.mspId), eq(vaults.tenantId, scope.tenantId)));
  return row;
}

export async function saveFigures(
  tx: Transaction,
  row: typeof customerFigures.$inferInsert,
): Promise<void> {
  const { mspId: _, tenantId: __, ...figures } = row;
  await tx
    .insert(customerFigures)
    .values(row)
    .onConflictDoUpdate({ target: customerFigures.tenantId, set: figures });
}

/** All but the history, which a page of days alone asks for. */
const {
  history: _history,
  mspId: _mspId,
  tenantId: _tenantId,
  unexplained: _unexplained,
  items: _items,
  medianGapMs: _medianGapMs,
  ...sums
} = getTableColumns(customerFigures);

/**
 * Every customer that whoever asks reaches, with what is kept and what is going on. By name. Each
 * table is read once and put together here: behind fences Postgres expects next to no rows, and
 * would look up all the others one customer at a time.
 */
export async function loadFleet(
  tx: Transaction,
  mspId: string,
  tenantIds: readonly string[] | null = null,
) {
  const of = (column: PgColumn) =>
    tenantIds === null ? undefined : inArray(column, [...tenantIds]);
  const [customers, figures, rules, newest] = await Promise.all([
    tx
      .select({
        id: tenants.id,
        name: tenants.name,
        state: tenants.state,
        entraTid: tenants.entraTid,
        connectedAt: tenants.connectedAt,
      })
      .from(tenants)
      .where(and(eq(tenants.mspId, mspId), of(tenants.id)))
      .orderBy(asc(sql`lower(${tenants.name})`), asc(tenants.id)),
    tx
      .select({ tenantId: customerFigures.tenantId, sums })
      .from(customerFigures)
      .where(and(eq(customerFigures.mspId, mspId), of(customerFigures.tenantId))),
    tx
      .select({
        tenantId: policies.tenantId,
        name: policies.name,
        everyMinutes: policies.everyMinutes,
        paused: policies.paused,
      })
      .from(policies)
      .where(and(eq(policies.mspId, mspId), of(policies.tenantId)))
      .orderBy(desc(policies.createdAt), desc(policies.id)),
    tx
      .select({
        tenantId: lastRuns.tenantId,
        id: lastRuns.runId,
        state: lastRuns.state,
        trigger: lastRuns.trigger,
        endedAt: lastRuns.endedAt,
        reason: lastRuns.reason,
      })
      .from(lastRuns)
      .where(and(eq(lastRuns.mspId, mspId), of(lastRuns.tenantId))),
  ]);
  const figuresOf = new Map(figures.map((row) => [row.tenantId, row.sums]));
  // Of several policies the oldest counts, and so it is put in last.
  const policyOf = new Map(rules.map(({ tenantId, ...policy }) => [tenantId, policy]));
  const lastRunOf = new Map(newest.map(({ tenantId, ...run }) => [tenantId, run]));
  return customers.map((tenant) => ({
    tenant,
    figures: figuresOf.get(tenant.id) ?? null,
    policy: policyOf.get(tenant.id) ?? null,
    lastRun: lastRunOf.get(tenant.id) ?? null,
  }));
}
export type FleetRow = Awaited<ReturnType<typeof loadFleet>>[number];

/** Whether a run of the customer is going on. */
export async function isCopying(tx: Transaction, scope: Scope): Promise<boolean> {
  const [row] = await tx
    .select({ state: lastRuns.state })
    .from(lastRuns)
    .where(and(eq(lastRuns.mspId, scope.mspId), eq(lastRuns.tenantId, scope.tenantId)));
  return row !== undefined && isOpen(row.state);
}

/** The months of all customers. */
export async function loadHistories(
  tx: Transaction,
  mspId: string,
  tenantId: string | null = null,
) {
  return await tx
    .select({ tenantId: customerFigures.tenantId, history: customerFigures.history })
    .from(customerFigures)
    .where(
      and(
        eq(customerFigures.mspId, mspId),
        tenantId === null ? undefined : eq(customerFigures.tenantId, tenantId),
      ),
    );
}

/** What the apps of all customers may do. */
export async function connectionsOf(
  tx: Transaction,
  mspId: string,
  tenantId: string | null = null,
) {
  return await tx
    .select({
      tenantId: connections.tenantId,
      app: connections.app,
      state: connections.state,
      lostAt: connections.lostAt,
    })
    .from(connections)
    .where(
      and(
        eq(connections.mspId, mspId),
        tenantId === null ? undefined : eq(connections.tenantId, tenantId),
      ),
    );
}

/** The newest of everything that pages about all customers show, as one short word. */
export async function fleetStamp(tx: Transaction, mspId: string): Promise<string> {
  const [row] = await tx
    .select({
      stamp: sql<string>`md5(concat_ws(' ',
        (select max(at) from customer_figures where msp_id = ${mspId}),
        (select max(changed_at) from incident_notes where msp_id = ${mspId}),
        (select string_agg(state::text, ' ' order by id) from tenants where msp_id = ${mspId}),
        (select count(*) || ' ' || max(created_at) from last_runs
          where msp_id = ${mspId} and state in ('queued', 'running', 'paused')),
        (select count(*) from policies where msp_id = ${mspId} and paused),
        (select max(ended_at) from last_runs where msp_id = ${mspId})))`,
    })
    .from(sql`(select 1) as one`);
  return row?.stamp ?? '';
}
