import type { Database } from '#db/client.ts';
import type { CustomerRole, MemberRole } from '#db/enums.ts';
import { membershipsOf } from '../members/store.ts';
import { type Reach, wholeReach } from '../reach.ts';
import { withScope, withSubject } from '../transaction.ts';
import { accountOf, isReachable, organisationOf } from './rules.ts';
import { doorOf, loadHome, loadMspName, mailboxesOf, ownMailboxes, peopleOf } from './store.ts';

/** Staff of an MSP. */
export interface StaffPlace {
  kind: 'staff';
  mspId: string;
  mspName: string;
  role: MemberRole;
  reach: Reach;
}

/** Somebody of a customer, who looks after mail there or after their own. */
export interface CustomerPlace {
  kind: 'customer';
  mspId: string;
  mspName: string;
  tenantId: string;
  customerName: string;
  role: CustomerRole;
  /** Their own mailbox; an administrator may have none. */
  mailboxId: string | null;
  reach: Reach;
  /** False for somebody who came through the door for everybody and is in no list yet. */
  enrolled: boolean;
}

export type Place = StaffPlace | CustomerPlace;

/**
 * Where a signed-in account belongs; null for one nobody let in. It is asked for every request, so
 * that what changes holds at once. Staff come first, and an account of several MSPs works for the
 * one that enrolled it first.
 * @param subject `tid.oid`, proven by sign-in
 */
export async function findPlace(db: Database, subject: string): Promise<Place | null> {
  const found = await withSubject(db, subject, async (tx) => {
    const [[member], people, door] = await Promise.all([
      membershipsOf(tx, subject),
      peopleOf(tx, subject),
      doorOf(tx, organisationOf(subject)),
    ]);
    return { member, people, door };
  });
  if (found.member !== undefined) {
    const { mspId, role, customers } = found.member;
    const mspName = await withScope(db, { mspId, tenantId: null }, (tx) => loadMspName(tx, mspId));
    if (mspName === null) return null;
    const reach =
      customers === null ? wholeReach : ({ customers, mailboxes: 'all' } satisfies Reach);
    return { kind: 'staff', mspId, mspName, role, reach };
  }
  for (const person of found.people) {
    // Who was turned away is not let in by the door for everybody either.
    if (person.disabledAt !== null) {
      if (person.tenantId === found.door?.tenantId) return null;
      continue;
    }
    if (person.byDoor && person.tenantId !== found.door?.tenantId) continue;
    const place = await customerPlace(db, subject, { ...person, enrolled: true });
    if (place !== null) return place;
  }
  if (found.door === undefined) return null;
  return await customerPlace(db, subject, {
    ...found.door,
    role: 'mailbox-owner',
    mailboxId: null,
    enrolled: false,
  });
}

/** Nobody of a customer gets in where it is not connected, or helps itself no more. */
async function customerPlace(
  db: Database,
  subject: string,
  person: {
    mspId: string;
    tenantId: string;
    role: CustomerRole;
    mailboxId: string | null;
    enrolled: boolean;
  },
): Promise<CustomerPlace | null> {
  const { mspId, tenantId, role } = person;
  return await withScope(db, { mspId, tenantId }, async (tx) => {
    const home = await loadHome(tx, mspId, tenantId);
    if (home === undefined || home.selfService === 'off') return null;
    if (!isReachable(home.state) || home.entraTid !== organisationOf(subject)) return null;
    const account = accountOf(subject);
    const own =
      person.mailboxId === null
        ? await ownMailboxes(tx, { mspId, tenantId }, account)
        : await mailboxesOf(tx, { mspId, tenantId }, person.mailboxId, account);
    const mailboxId = own[0] ?? null;
    if (role === 'mailbox-owner' && mailboxId === null) return null;
    return {
      kind: 'customer',
      mspId,
      mspName: home.mspName,
      tenantId,
      customerName: home.name,
      role,
      mailboxId,
      reach: { customers: [tenantId], mailboxes: role === 'administrator' ? 'all' : own },
      enrolled: person.enrolled,
    };
  });
}
