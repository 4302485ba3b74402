import { and, asc, eq, ne, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { msps } from '#db/schema/msps.ts';
import { customerPeople, selfServiceDoors } from '#db/schema/people.ts';
import { tenants } from '#db/schema/tenants.ts';

/** Rows of one subject over all customers, those turned away too; only inside `withSubject`. */
export async function peopleOf(tx: Transaction, subject: string) {
  return await tx
    .select()
    .from(customerPeople)
    .where(eq(customerPeople.subject, subject))
    .orderBy(asc(customerPeople.enrolledAt), asc(customerPeople.tenantId));
}

/** The customer whose people may all help themselves; only inside `withSubject` of one of them. */
export async function doorOf(tx: Transaction, entraTid: string) {
  const [row] = await tx
    .select({ mspId: selfServiceDoors.mspId, tenantId: selfServiceDoors.tenantId })
    .from(selfServiceDoors)
    .where(eq(selfServiceDoors.entraTid, entraTid));
  return row;
}

export async function loadMspName(tx: Transaction, mspId: string): Promise<string | null> {
  const [row] = await tx.select({ name: msps.name }).from(msps).where(eq(msps.id, mspId));
  return row?.name ?? null;
}

/** A customer with the name of the MSP that looks after it. */
export async function loadHome(tx: Transaction, mspId: string, tenantId: string) {
  const [row] = await tx
    .select({
      name: tenants.name,
      state: tenants.state,
      entraTid: tenants.entraTid,
      selfService: tenants.selfService,
      mspName: msps.name,
    })
    .from(tenants)
    .innerJoin(msps, eq(msps.id, tenants.mspId))
    .where(and(eq(tenants.mspId, mspId), eq(tenants.id, tenantId)));
  return row;
}

interface OfTenant {
  mspId: string;
  tenantId: string;
}

const kept = ({ mspId, tenantId }: OfTenant) =>
  and(eq(mailboxes.mspId, mspId), eq(mailboxes.tenantId, tenantId), ne(mailboxes.state, 'erased'));

/** The mailbox first, then its archive. */
const archiveLast = asc(sql`(${mailboxes.kind} = 'archive')`);

/**
 * What is a Microsoft account's own: its mailbox first, and the archive. What somebody left behind is
 * theirs no more: the MSP says whose it is, to others.
 */
export async function ownMailboxes(tx: Transaction, scope: OfTenant, entraUserId: string) {
  const rows = await tx
    .select({ id: mailboxes.id })
    .from(mailboxes)
    .where(
      and(
        kept(scope),
        ne(mailboxes.state, 'sealed'),
        eq(sql`lower(${mailboxes.entraUserId})`, entraUserId),
      ),
    )
    .orderBy(archiveLast);
  return rows.map((row) => row.id);
}

/** A mailbox that somebody was given, with the archive that belongs to it. */
export async function mailboxesOf(
  tx: Transaction,
  scope: OfTenant,
  mailboxId: string,
  entraUserId: string,
) {
  const [row] = await tx
    .select({ account: mailboxes.entraUserId })
    .from(mailboxes)
    .where(and(kept(scope), eq(mailboxes.id, mailboxId)));
  if (row === undefined) return [];
  if (row.account.toLowerCase() === entraUserId) return await ownMailboxes(tx, scope, entraUserId);
  const rows = await tx
    .select({ id: mailboxes.id })
    .from(mailboxes)
    .where(and(kept(scope), eq(mailboxes.entraUserId, row.account)))
    .orderBy(archiveLast);
  return rows.map((found) => found.id);
}
