import { and, asc, desc, eq, getTableColumns, inArray, max, ne, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes, snapshots } from '#db/schema/mailboxes.ts';
import { notFound } from '../input.ts';
import { healthOf, isOutside, type Standing } from './health.ts';
import { healthsToLookAt, type MailboxHealth } from './rules.ts';

export type MailboxRow = typeof mailboxes.$inferSelect;
export type SnapshotRow = typeof snapshots.$inferSelect;

export async function listMailboxRows(
  tx: Transaction,
  mspId: string,
  tenantId: string,
): Promise<MailboxRow[]> {
  return await tx
    .select()
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        ne(mailboxes.state, 'erased'),
      ),
    )
    .orderBy(asc(sql`lower(${mailboxes.displayName})`), asc(mailboxes.id));
}

/** A mailbox with how it is. */
export type JudgedMailbox = MailboxRow & { health: MailboxHealth; outside: boolean };

const withHealth = (standing: Standing) => ({
  ...getTableColumns(mailboxes),
  health: healthOf(standing).as('health'),
  outside: isOutside(standing).as('outside'),
});

/** By name, each with how it is. */
export async function listMailboxesWithHealth(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  standing: Standing,
): Promise<JudgedMailbox[]> {
  return await tx
    .select(withHealth(standing))
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        ne(mailboxes.state, 'erased'),
      ),
    )
    .orderBy(asc(sql`lower(${mailboxes.displayName})`), asc(mailboxes.id));
}

export async function loadMailboxWithHealth(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
  standing: Standing,
): Promise<JudgedMailbox> {
  const [row] = await tx
    .select(withHealth(standing))
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        eq(mailboxes.id, mailboxId),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}

export async function loadMailbox(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
): Promise<MailboxRow> {
  const [row] = await tx
    .select()
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        eq(mailboxes.id, mailboxId),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}

/** Newest first. */
export async function listSnapshots(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
): Promise<SnapshotRow[]> {
  return await tx
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, mspId),
        eq(snapshots.tenantId, tenantId),
        eq(snapshots.mailboxId, mailboxId),
      ),
    )
    .orderBy(desc(snapshots.sequence));
}

export async function loadSnapshot(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
  sequence: number,
): Promise<SnapshotRow> {
  const [row] = await tx
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, mspId),
        eq(snapshots.tenantId, tenantId),
        eq(snapshots.mailboxId, mailboxId),
        eq(snapshots.sequence, sequence),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}

/** All mailboxes of a customer, held until the transaction ends: discoveries take turns. */
export async function lockMailboxes(
  tx: Transaction,
  mspId: string,
  tenantId: string,
): Promise<MailboxRow[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${tenantId}, 2))`);
  return await tx
    .select()
    .from(mailboxes)
    .where(and(eq(mailboxes.mspId, mspId), eq(mailboxes.tenantId, tenantId)))
    .orderBy(asc(mailboxes.id))
    .for('update');
}

export async function saveDiscovered(
  tx: Transaction,
  row: typeof mailboxes.$inferInsert,
): Promise<void> {
  await tx
    .insert(mailboxes)
    .values(row)
    .onConflictDoUpdate({
      target: [mailboxes.tenantId, mailboxes.id],
      set: {
        kind: row.kind,
        state: row.state,
        exchangeId: row.exchangeId,
        address: row.address,
        displayName: row.displayName,
        licensed: row.licensed,
        waitsFor: row.waitsFor ?? null,
        sealedAt: null,
        sealedCause: null,
      },
    });
}

/**
 * What Microsoft no longer knew: the user, or their mailbox while the user is still there. Or the MSP
 * ended the connection, and nobody knows.
 */
export const sealedCauses = ['user-gone', 'mailbox-gone', 'disconnected'] as const;
export type SealedCause = (typeof sealedCauses)[number];

/** Its copies stay for ever, or until somebody erases them on purpose. */
export async function sealMailbox(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
  sealed: { at: Date; cause: SealedCause },
): Promise<void> {
  await tx
    .update(mailboxes)
    .set({ state: 'sealed', sealedAt: sealed.at, sealedCause: sealed.cause })
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        eq(mailboxes.id, mailboxId),
      ),
    );
}

/** Seals whatever is protected of a customer that was disconnected; how many that were. */
export async function sealProtected(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  at: Date,
): Promise<number> {
  const cause: SealedCause = 'disconnected';
  const rows = await tx
    .update(mailboxes)
    .set({ state: 'sealed', sealedAt: at, sealedCause: cause })
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        eq(mailboxes.state, 'protected'),
      ),
    )
    .returning({ id: mailboxes.id });
  return rows.length;
}

/** What was sealed of these users because the customer left is protected again, archives too; how many. */
export async function unsealReturned(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  entraUserIds: readonly string[],
): Promise<number> {
  const cause: SealedCause = 'disconnected';
  // One parameter: an organisation may have 100,000, and a statement takes 65,535. And a truth that is
  // tested, so that the list is hashed: behind row-level security the planner expects one mailbox, and
  // would go through the whole list for each.
  const listed = sql`(${mailboxes.entraUserId} in (select jsonb_array_elements_text(${JSON.stringify(entraUserIds)}::jsonb))) is true`;
  const rows = await tx
    .update(mailboxes)
    .set({ state: 'protected', sealedAt: null, sealedCause: null })
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        eq(mailboxes.state, 'sealed'),
        eq(mailboxes.sealedCause, cause),
        listed,
      ),
    )
    .returning({ id: mailboxes.id });
  return rows.length;
}

/** An archive comes back with its mailbox: the list of users does not name it. */
export async function unsealArchives(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(mailboxes)
    .set({ state: 'protected', sealedAt: null, sealedCause: null })
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        inArray(mailboxes.id, [...ids]),
      ),
    );
}

/** The newest copy of each of these mailboxes; those without any are left out. */
export async function latestSequences(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxIds: readonly string[],
): Promise<Map<string, number>> {
  if (mailboxIds.length === 0) return new Map();
  const rows = await tx
    .select({ mailboxId: snapshots.mailboxId, sequence: max(snapshots.sequence) })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, mspId),
        eq(snapshots.tenantId, tenantId),
        inArray(snapshots.mailboxId, [...mailboxIds]),
      ),
    )
    .groupBy(snapshots.mailboxId);
  return new Map(rows.map((row) => [row.mailboxId, row.sequence ?? 0]));
}

/**
 * Mailboxes that somebody should look at, worst first; `total` counts all of them.
 */
export async function mailboxesToLookAt(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  standing: Standing,
  limit: number,
) {
  const health = healthOf(standing);
  const worst = sql.join(
    healthsToLookAt.map((it) => sql`${it}`),
    sql`, `,
  );
  return await tx
    .select({
      id: mailboxes.id,
      name: mailboxes.displayName,
      kind: mailboxes.kind,
      lastGoodAt: mailboxes.lastGoodAt,
      lastOutcome: mailboxes.lastOutcome,
      health: health.as('health'),
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        sql`${health} in (${worst})`,
      ),
    )
    .orderBy(
      sql`array_position(array[${worst}]::text[], ${health})`,
      asc(sql`lower(${mailboxes.displayName})`),
      asc(mailboxes.id),
    )
    .limit(limit);
}
