import { and, asc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { members, msps } from '#db/schema/msps.ts';
import { tenants } from '#db/schema/tenants.ts';
import { notFound } from '../input.ts';

export type MemberRow = typeof members.$inferSelect;

/** Memberships of one subject over all MSPs; only inside `withSubject` of that subject. */
export async function membershipsOf(tx: Transaction, subject: string): Promise<MemberRow[]> {
  return await tx
    .select()
    .from(members)
    .where(and(eq(members.subject, subject), isNull(members.disabledAt)))
    .orderBy(asc(members.enrolledAt), asc(members.mspId));
}

export async function addMsp(tx: Transaction, row: typeof msps.$inferInsert): Promise<void> {
  await tx.insert(msps).values(row);
}

/** What staff see for a subject: the member's name, or nothing for somebody else. */
export async function memberName(
  tx: Transaction,
  mspId: string,
  subject: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ name: members.name })
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.subject, subject)));
  return row?.name ?? null;
}

export async function listMemberRows(tx: Transaction, mspId: string): Promise<MemberRow[]> {
  return await tx
    .select()
    .from(members)
    .where(eq(members.mspId, mspId))
    .orderBy(asc(sql`lower(${members.name})`), asc(members.subject));
}

/** An active member, held until the transaction ends. */
export async function lockMember(
  tx: Transaction,
  mspId: string,
  subject: string,
): Promise<MemberRow> {
  const [row] = await tx
    .select()
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.subject, subject), isNull(members.disabledAt)))
    .for('update');
  if (row === undefined) throw notFound();
  return row;
}

/** The same for whoever acts: others may hold it too, and nobody changes it meanwhile. */
export async function holdMember(
  tx: Transaction,
  mspId: string,
  subject: string,
): Promise<MemberRow | undefined> {
  const [row] = await tx
    .select()
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.subject, subject), isNull(members.disabledAt)))
    .for('share');
  return row;
}

/**
 * Every owner who is still in, held until the transaction ends and always in one order: of two who
 * unmake each other at the same moment, the second sees that it is the last.
 */
export async function lockOwners(tx: Transaction, mspId: string): Promise<string[]> {
  const rows = await tx
    .select({ subject: members.subject })
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.role, 'owner'), isNull(members.disabledAt)))
    .orderBy(asc(members.subject))
    .for('update');
  return rows.map((row) => row.subject);
}

/**
 * Adds a member, or lets the one that is there back in, with this name, role and assignment. One
 * statement looks and acts, so that a dismissal at the same moment is seen.
 * @returns false where they were turned away after they were invited: an old link undoes nothing
 */
export async function saveMember(
  tx: Transaction,
  row: typeof members.$inferInsert,
  invitedAt: Date,
): Promise<boolean> {
  const { name, role, customers = null, enrolledAt } = row;
  const saved = await tx
    .insert(members)
    .values(row)
    .onConflictDoUpdate({
      target: [members.mspId, members.subject],
      set: { name, role, customers, enrolledAt, disabledAt: null },
      setWhere: or(isNull(members.disabledAt), lt(members.disabledAt, invitedAt)),
    })
    .returning({ subject: members.subject });
  return saved.length > 0;
}

export async function updateMember(
  tx: Transaction,
  key: { mspId: string; subject: string },
  change: Partial<typeof members.$inferInsert>,
): Promise<void> {
  await tx
    .update(members)
    .set(change)
    .where(and(eq(members.mspId, key.mspId), eq(members.subject, key.subject)));
}

/** Names of customers by id; those out of reach are missing. */
export async function customerNames(
  tx: Transaction,
  mspId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), inArray(tenants.id, [...ids])));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Customers in reach, by name. */
export async function listCustomerNames(tx: Transaction, mspId: string) {
  return await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(eq(tenants.mspId, mspId))
    .orderBy(asc(sql`lower(${tenants.name})`), asc(tenants.id));
}
