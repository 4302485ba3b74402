import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { SelfServiceMode } from '#db/enums.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { customerPeople, selfServiceDoors } from '#db/schema/people.ts';
import { tenants } from '#db/schema/tenants.ts';
import { notFound } from '../input.ts';

interface OfTenant {
  mspId: string;
  tenantId: string;
}

export type PersonRow = typeof customerPeople.$inferSelect;

const isPerson = (scope: OfTenant, subject: string) =>
  and(
    eq(customerPeople.mspId, scope.mspId),
    eq(customerPeople.tenantId, scope.tenantId),
    eq(customerPeople.subject, subject),
  );

/** By name, with the mailbox each was given. */
export async function listPeopleRows(tx: Transaction, scope: OfTenant) {
  return await tx
    .select({ person: customerPeople, mailboxName: mailboxes.displayName })
    .from(customerPeople)
    .leftJoin(
      mailboxes,
      and(
        eq(mailboxes.mspId, customerPeople.mspId),
        eq(mailboxes.tenantId, customerPeople.tenantId),
        eq(mailboxes.id, customerPeople.mailboxId),
      ),
    )
    .where(and(eq(customerPeople.mspId, scope.mspId), eq(customerPeople.tenantId, scope.tenantId)))
    .orderBy(asc(sql`lower(${customerPeople.name})`), asc(customerPeople.subject));
}

/** Held until the transaction ends. */
export async function findPerson(
  tx: Transaction,
  scope: OfTenant,
  subject: string,
): Promise<PersonRow | undefined> {
  const [row] = await tx
    .select()
    .from(customerPeople)
    .where(isPerson(scope, subject))
    .for('update');
  return row;
}

export async function lockPerson(
  tx: Transaction,
  scope: OfTenant,
  subject: string,
): Promise<PersonRow> {
  const row = await findPerson(tx, scope, subject);
  if (row === undefined) throw notFound();
  return row;
}

/**
 * Adds a person, or lets the one that is there back in, with this role.
 * @returns false where they were turned away after they were invited: an old link undoes nothing
 */
export async function savePerson(
  tx: Transaction,
  row: typeof customerPeople.$inferInsert,
  invitedAt: Date,
): Promise<boolean> {
  const { name, role, mailboxId, byDoor, enrolledAt } = row;
  const saved = await tx
    .insert(customerPeople)
    .values(row)
    .onConflictDoUpdate({
      target: [customerPeople.tenantId, customerPeople.subject],
      set: { name, role, mailboxId, byDoor, enrolledAt, disabledAt: null },
      setWhere: or(isNull(customerPeople.disabledAt), lt(customerPeople.disabledAt, invitedAt)),
    })
    .returning({ subject: customerPeople.subject });
  return saved.length > 0;
}

/** False where the person is in the list already. */
export async function addPerson(
  tx: Transaction,
  row: typeof customerPeople.$inferInsert,
): Promise<boolean> {
  const added = await tx
    .insert(customerPeople)
    .values(row)
    .onConflictDoNothing()
    .returning({ subject: customerPeople.subject });
  return added.length > 0;
}

export async function updatePerson(
  tx: Transaction,
  scope: OfTenant,
  subject: string,
  change: Partial<typeof customerPeople.$inferInsert>,
): Promise<void> {
  await tx.update(customerPeople).set(change).where(isPerson(scope, subject));
}

/**
 * The Microsoft account whose own mailbox that is. Null where the MSP has to say whose it is: a
 * shared one, a room, one whose owner left.
 */
export async function loadAccount(
  tx: Transaction,
  scope: OfTenant,
  mailboxId: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ account: mailboxes.entraUserId, kind: mailboxes.kind, state: mailboxes.state })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        eq(mailboxes.id, mailboxId),
      ),
    );
  if (row === undefined) throw notFound();
  const personal = (row.kind === 'user' || row.kind === 'archive') && row.state !== 'sealed';
  return personal ? row.account.toLowerCase() : null;
}

/** The customer with its mode, held until the transaction ends. */
export async function lockCustomer(tx: Transaction, scope: OfTenant) {
  const [row] = await tx
    .select({
      name: tenants.name,
      state: tenants.state,
      entraTid: tenants.entraTid,
      selfService: tenants.selfService,
    })
    .from(tenants)
    .where(and(eq(tenants.mspId, scope.mspId), eq(tenants.id, scope.tenantId)))
    .for('update');
  if (row === undefined) throw notFound();
  return row;
}

export async function saveMode(
  tx: Transaction,
  scope: OfTenant,
  mode: SelfServiceMode,
): Promise<void> {
  await tx
    .update(tenants)
    .set({ selfService: mode })
    .where(and(eq(tenants.mspId, scope.mspId), eq(tenants.id, scope.tenantId)));
}

export async function closeDoor(tx: Transaction, scope: OfTenant): Promise<void> {
  await tx
    .delete(selfServiceDoors)
    .where(
      and(eq(selfServiceDoors.mspId, scope.mspId), eq(selfServiceDoors.tenantId, scope.tenantId)),
    );
}

export async function openDoor(tx: Transaction, scope: OfTenant, entraTid: string): Promise<void> {
  await tx.insert(selfServiceDoors).values({ ...scope, entraTid });
}
