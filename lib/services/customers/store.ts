import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { EntraApp } from '#db/enums.ts';
import { members } from '#db/schema/msps.ts';
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

/**
 * The same, held until the transaction ends: by who ends a connection, and shared by who fills the
 * catalogue on the strength of one. Rows that point at the customer may be added meanwhile.
 */
export async function lockTenant(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  strength: 'no key update' | 'share' = 'no key update',
) {
  const [row] = await tx
    .select()
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), eq(tenants.id, tenantId)))
    .for(strength);
  if (row === undefined) throw notFound();
  return row;
}

export async function addTenant(tx: Transaction, row: typeof tenants.$inferInsert): Promise<void> {
  await tx.insert(tenants).values(row);
}

/**
 * Ties a customer to the organisation whose administrator approved. False when it is tied to
 * another one; a unique index refuses an organisation that any customer of any MSP has. What was lost or
 * ended is the way to back up, so an approval to restore does not bring it back.
 */
export async function markConnected(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  approved: { entraTid: string; app: EntraApp; at: Date },
): Promise<boolean> {
  const { entraTid, app, at } = approved;
  const stays =
    app === 'restore' ? sql`${tenants.state} in ('consent-lost', 'disconnected')` : sql`false`;
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

export async function markDisconnected(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
): Promise<void> {
  await tx
    .update(tenants)
    .set({ state: 'disconnected' })
    .where(and(eq(tenants.mspId, scope.mspId), eq(tenants.id, scope.tenantId)));
}

/** Staff with a list of customers, by name. */
export async function assignedStaff(tx: Transaction, mspId: string) {
  const rows = await tx
    .select({ subject: members.subject, name: members.name, customers: members.customers })
    .from(members)
    .where(and(eq(members.mspId, mspId), isNull(members.disabledAt), isNotNull(members.customers)))
    .orderBy(asc(sql`lower(${members.name})`), asc(members.subject));
  return rows.map((row) => ({ ...row, customers: row.customers ?? [] }));
}
