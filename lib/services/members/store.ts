import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { MemberRole } from '#db/enums.ts';
import { members, msps } from '#db/schema/msps.ts';

/** Memberships of one subject over all MSPs; only inside `withSubject` of that subject. */
export async function membershipsOf(tx: Transaction, subject: string) {
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

/** The role a subject has now, disabled or not, held until the transaction ends. */
export async function lockRole(
  tx: Transaction,
  mspId: string,
  subject: string,
): Promise<MemberRole | null> {
  const [row] = await tx
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.subject, subject)))
    .for('update');
  return row?.role ?? null;
}

/** Adds a member, or gives the one that is there this name and role. */
export async function saveMember(tx: Transaction, row: typeof members.$inferInsert): Promise<void> {
  await tx
    .insert(members)
    .values(row)
    .onConflictDoUpdate({
      target: [members.mspId, members.subject],
      set: { name: row.name, role: row.role, disabledAt: null },
    });
}
