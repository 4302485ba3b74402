import { and, arrayContained, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '#db/client.ts';
import type { MemberRole } from '#db/enums.ts';
import { members } from '#db/schema/msps.ts';
import { invitations } from '#db/schema/people.ts';
import { notFound } from '../input.ts';
import { withDoor } from '../transaction.ts';

export type InvitationRow = typeof invitations.$inferSelect;

export interface InvitationKey {
  mspId: string;
  invitationId: string;
}

const isInvitation = (key: InvitationKey) =>
  and(eq(invitations.mspId, key.mspId), eq(invitations.id, key.invitationId));

export async function addInvitation(
  tx: Transaction,
  row: typeof invitations.$inferInsert,
): Promise<void> {
  await tx.insert(invitations).values(row);
}

/** The invitation a token opens; undefined when it is none of ours. */
export async function findByToken(
  db: Database,
  tokenHash: string,
): Promise<InvitationRow | undefined> {
  const [row] = await withDoor(db, tokenHash, (tx) =>
    tx.select().from(invitations).where(eq(invitations.tokenHash, tokenHash)),
  );
  return row;
}

export async function loadInvitation(tx: Transaction, key: InvitationKey): Promise<InvitationRow> {
  const [row] = await tx.select().from(invitations).where(isInvitation(key));
  if (row === undefined) throw notFound();
  return row;
}

/** Held until the transaction ends: of two who open it at once, the second sees it used. */
export async function lockInvitation(tx: Transaction, key: InvitationKey): Promise<InvitationRow> {
  const [row] = await tx.select().from(invitations).where(isInvitation(key)).for('update');
  if (row === undefined) throw notFound();
  return row;
}

export async function updateInvitation(
  tx: Transaction,
  key: InvitationKey,
  change: Partial<typeof invitations.$inferInsert>,
): Promise<void> {
  await tx.update(invitations).set(change).where(isInvitation(key));
}

/** Where somebody reaches no customer, that is what assigns nobody to any: Drizzle takes no empty list. */
function reachesNothingBesides(within: readonly string[]): SQL {
  return within.length === 0
    ? sql`cardinality(${invitations.customers}) = 0`
    : arrayContained(invitations.customers, [...within]);
}

/**
 * Newest first, of staff or of one customer, with the name of who invited.
 * @param within only those that assign nobody to a customer besides these
 */
export async function listInvitationRows(
  tx: Transaction,
  mspId: string,
  tenantId: string | null,
  { within, limit }: { within: 'all' | readonly string[]; limit: number },
) {
  return await tx
    .select({ invitation: invitations, inviter: members.name })
    .from(invitations)
    .leftJoin(
      members,
      and(eq(members.mspId, invitations.mspId), eq(members.subject, invitations.createdBy)),
    )
    .where(
      and(
        eq(invitations.mspId, mspId),
        tenantId === null ? isNull(invitations.tenantId) : eq(invitations.tenantId, tenantId),
        within === 'all' ? undefined : reachesNothingBesides(within),
      ),
    )
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(limit);
}

/** Ends the open links that somebody handed out; tells how many that were. */
export async function revokeInvitationsBy(
  tx: Transaction,
  by: { mspId: string; subject: string },
  now: Date,
  { roles = 'all' }: { roles?: readonly MemberRole[] | 'all' } = {},
): Promise<number> {
  const ended = await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(
      and(
        eq(invitations.mspId, by.mspId),
        eq(invitations.createdBy, by.subject),
        isNull(invitations.usedAt),
        isNull(invitations.revokedAt),
        roles === 'all' ? undefined : inArray(invitations.role, [...roles]),
      ),
    )
    .returning({ id: invitations.id });
  return ended.length;
}

/** One account that is let in by two links at the same moment: the second waits for the first. */
export async function lockSubject(tx: Transaction, subject: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 2))`);
}
