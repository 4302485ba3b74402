import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { EntraApp } from '#db/enums.ts';
import { mailboxes, vaults } from '#db/schema/mailboxes.ts';
import { runs } from '#db/schema/runs.ts';
import { tenants } from '#db/schema/tenants.ts';
import { notFound } from '../input.ts';

export async function loadTenant(tx: Transaction, mspId: string, tenantId: string) {
  const [row] = await tx
    .select()
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), eq(tenants.id, tenantId)));
  if (row === undefined) throw notFound();
  return row;
}

export async function addTenant(tx: Transaction, row: typeof tenants.$inferInsert): Promise<void> {
  await tx.insert(tenants).values(row);
}

/**
 * Ties a customer to the organisation whose administrator approved. False when it is tied to
 * another one; a unique index refuses an organisation that any customer of any MSP has. A consent
 * that was lost was the one to back up, so an approval to restore does not bring it back.
 */
export async function markConnected(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  approved: { entraTid: string; app: EntraApp; at: Date },
): Promise<boolean> {
  const { entraTid, app, at } = approved;
  const stays = app === 'restore' ? sql`${tenants.state} = 'consent-lost'` : sql`false`;
  const rows = await tx
    .update(tenants)
    .set({
      entraTid,
      state: sql`case when ${stays} then ${tenants.state} else 'connected' end`,
      connectedAt: sql`coalesce(${tenants.connectedAt}, ${at.toISOString()}::timestamptz)`,
    })
    .where(
      and(
        eq(tenants.mspId, scope.mspId),
        eq(tenants.id, scope.tenantId),
        or(isNull(tenants.entraTid), eq(tenants.entraTid, entraTid)),
      ),
    )
    .returning({ id: tenants.id });
  return rows.length > 0;
}

export async function markConsentLost(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
): Promise<void> {
  await tx
    .update(tenants)
    .set({ state: 'consent-lost' })
    .where(
      and(
        eq(tenants.mspId, scope.mspId),
        eq(tenants.id, scope.tenantId),
        eq(tenants.state, 'connected'),
      ),
    );
}

/** One row a customer, with the sums its line in a list shows. */
export async function summariseTenants(tx: Transaction, mspId: string, tenantId?: string) {
  const boxes = tx
    .select({
      tenantId: mailboxes.tenantId,
      // Excluded and erased mailboxes are nobody's loss and not counted.
      total:
        sql<number>`count(*) filter (where ${mailboxes.state} not in ('excluded', 'erased'))::int`.as(
          'total',
        ),
      protected: sql<number>`count(*) filter (where ${mailboxes.state} = 'protected')::int`.as(
        'protected',
      ),
      covered:
        sql<number>`count(*) filter (where ${mailboxes.state} in ('protected', 'sealed') and ${mailboxes.lastGoodAt} is not null)::int`.as(
          'covered',
        ),
      unexplained:
        sql<number>`count(*) filter (where ${mailboxes.state} = 'protected' and ${mailboxes.lastGoodAt} is null and ${mailboxes.lastOutcome} is null)::int`.as(
          'unexplained',
        ),
      oldestGoodAt:
        sql<Date | null>`min(${mailboxes.lastGoodAt}) filter (where ${mailboxes.state} = 'protected')`
          .mapWith(mailboxes.lastGoodAt)
          .as('oldest_good_at'),
      lastGoodAt: sql<Date | null>`max(${mailboxes.lastGoodAt})`
        .mapWith(mailboxes.lastGoodAt)
        .as('newest_good_at'),
      rawBytes: sql<number>`coalesce(sum(${mailboxes.bytes}), 0)`.mapWith(Number).as('raw_bytes'),
    })
    .from(mailboxes)
    .where(eq(mailboxes.mspId, mspId))
    .groupBy(mailboxes.tenantId)
    .as('boxes');
  // For each customer one look into an index, not the history of all their runs.
  const lastRun = tx
    .select({ id: runs.id, state: runs.state, endedAt: runs.endedAt })
    .from(runs)
    .where(and(eq(runs.mspId, tenants.mspId), eq(runs.tenantId, tenants.id)))
    .orderBy(desc(runs.createdAt))
    .limit(1)
    .as('last_run');
  return await tx
    .select({
      tenant: tenants,
      total: boxes.total,
      protected: boxes.protected,
      covered: boxes.covered,
      unexplained: boxes.unexplained,
      oldestGoodAt: boxes.oldestGoodAt,
      lastGoodAt: boxes.lastGoodAt,
      rawBytes: boxes.rawBytes,
      storedBytes: vaults.storedBytes,
      runId: lastRun.id,
      runState: lastRun.state,
      runEndedAt: lastRun.endedAt,
    })
    .from(tenants)
    .leftJoin(boxes, eq(boxes.tenantId, tenants.id))
    .leftJoin(vaults, and(eq(vaults.mspId, tenants.mspId), eq(vaults.tenantId, tenants.id)))
    .leftJoinLateral(lastRun, sql`true`)
    .where(
      and(eq(tenants.mspId, mspId), tenantId === undefined ? undefined : eq(tenants.id, tenantId)),
    )
    .orderBy(asc(sql`lower(${tenants.name})`), asc(tenants.id));
}
export type TenantSummary = Awaited<ReturnType<typeof summariseTenants>>[number];
