import type { Transaction } from '#db/client.ts';
import { type CustomerRole, customerRoles, type MemberRole } from '#db/enums.ts';
import { personalTid } from '#lib/auth/id-token.ts';
import { audit, type PublicContext, type ServiceContext } from '../context.ts';
import { membershipsOf, saveMember } from '../members/store.ts';
import { findPerson, loadAccount, savePerson } from '../people/store.ts';
import { accountOf, isReachable, organisationOf } from '../places/rules.ts';
import { loadHome } from '../places/store.ts';
import { wholeReach } from '../reach.ts';
import { withScopeOf } from '../transaction.ts';
import { openInvitation } from './look.ts';
import { refuse, stateOf } from './rules.ts';
import { type InvitationRow, lockInvitation, lockSubject, updateInvitation } from './store.ts';

/** Whom a sign-in has proven. */
export interface Invitee {
  userId: string;
  /** `tid.oid` */
  subject: string;
  displayName: string;
}

/**
 * Lets the first account in that signs in with the link, and nobody after it. The link is used up
 * only by getting somebody in: after a refusal it still works for the right account. The same
 * account asking twice is let in once.
 * @returns where it leads: staff to the portal, people of a customer to their own pages
 */
export async function acceptInvitation(
  ctx: PublicContext,
  token: string,
  who: Invitee,
): Promise<'staff' | 'customer'> {
  const { row: seen, mspName } = await openInvitation(ctx.db, token);
  const { mspId, tenantId, id: invitationId } = seen;
  const { subject } = who;
  await withScopeOf(ctx.db, { mspId, tenantId }, subject, async (tx) => {
    const row = await lockInvitation(tx, { mspId, invitationId });
    const now = ctx.clock.now();
    const state = stateOf(row, now);
    if (state === 'used' && row.usedBy === subject) return;
    if (state !== 'open') throw refuse(state, mspName);
    if (organisationOf(subject) === personalTid) throw refuse('personal-account', mspName);
    await lockSubject(tx, subject);
    const facts =
      tenantId === null
        ? await joinStaff(ctx, tx, row, who, mspName)
        : await joinCustomer(ctx, tx, { ...row, tenantId }, who, mspName);
    await updateInvitation(tx, { mspId, invitationId }, { usedAt: now, usedBy: subject });
    const joining: ServiceContext = {
      ...ctx,
      mspId,
      actor: { kind: 'user', userId: who.userId, subject, role: row.role, reach: wholeReach },
    };
    await audit(joining, tx, {
      tenantId,
      action: tenantId === null ? 'member.join' : 'person.join',
      entity: tenantId === null ? 'member' : 'person',
      entityId: subject,
      facts: { invitationId, invited: row.name, role: row.role, ...facts },
    });
  });
  return tenantId === null ? 'staff' : 'customer';
}

/** Tokens name people as their organisation likes; without a name there, the inviter's is used. */
function nameOf(who: Invitee, row: InvitationRow): string {
  return who.displayName === '' || who.displayName === 'Unnamed' ? row.name : who.displayName;
}

async function joinStaff(
  ctx: PublicContext,
  tx: Transaction,
  row: InvitationRow,
  who: Invitee,
  mspName: string,
): Promise<Record<string, string>> {
  const works = await membershipsOf(tx, who.subject);
  if (works.some((member) => member.mspId === row.mspId)) throw refuse('already-in');
  if (works.length > 0) throw refuse('works-elsewhere');
  const name = nameOf(who, row);
  const member = {
    mspId: row.mspId,
    subject: who.subject,
    name,
    role: row.role as MemberRole,
    customers: row.customers,
    enrolledAt: ctx.clock.now(),
  };
  if (!(await saveMember(tx, member, row.createdAt))) throw refuse('turned-away', mspName);
  return { name };
}

async function joinCustomer(
  ctx: PublicContext,
  tx: Transaction,
  row: InvitationRow & { tenantId: string },
  who: Invitee,
  mspName: string,
): Promise<Record<string, string>> {
  const scope = { mspId: row.mspId, tenantId: row.tenantId };
  const home = await loadHome(tx, row.mspId, row.tenantId);
  if (home === undefined || !isReachable(home.state)) throw refuse('not-connected', mspName);
  if (home.entraTid !== organisationOf(who.subject)) throw refuse('other-organisation', mspName);
  if (home.selfService === 'off') throw refuse('switched-off', mspName);
  // Staff are led to the portal and would never see these pages.
  if ((await membershipsOf(tx, who.subject)).length > 0) throw refuse('is-staff', mspName);
  const role = roleOf(row);
  if (row.mailboxId !== null) {
    const account = await loadAccount(tx, scope, row.mailboxId);
    if (account !== null && account !== accountOf(who.subject)) {
      throw refuse('other-account', mspName);
    }
  }
  const before = await findPerson(tx, scope, who.subject);
  if (before?.disabledAt === null && !before.byDoor && before.role === role) {
    throw refuse('already-in', mspName);
  }
  const name = nameOf(who, row);
  const person = {
    ...scope,
    subject: who.subject,
    name,
    role,
    mailboxId: row.mailboxId,
    byDoor: false,
    enrolledAt: ctx.clock.now(),
  };
  if (!(await savePerson(tx, person, row.createdAt))) throw refuse('turned-away', mspName);
  return before === undefined ? { name } : { name, before: before.role };
}

function roleOf(row: InvitationRow): CustomerRole {
  return customerRoles.find((role) => role === row.role) ?? 'mailbox-owner';
}
