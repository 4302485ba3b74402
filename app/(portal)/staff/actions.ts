'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { paths } from '#app/paths.ts';
import { inviteStaff as invite } from '#lib/services/invitations/invite-staff.ts';
import { revokeInvitation as revoke } from '#lib/services/invitations/revoke.ts';
import { assignMember as assign } from '#lib/services/members/assign.ts';
import { disableMember as disable } from '#lib/services/members/disable.ts';
import { setMemberRole as setRole } from '#lib/services/members/set-role.ts';
import { type ShownInvitation, shownInvitation } from '../parts/shown-invitation.ts';

export interface InviteState extends FormState {
  issued: ShownInvitation | null;
}

/** Null is all of them, later ones included. */
function chosenCustomers(form: FormData): string[] | null {
  if (field(form, 'reach') === 'all') return null;
  return form.getAll('customer').filter((value) => typeof value === 'string');
}

export async function inviteStaff(_state: InviteState, form: FormData): Promise<InviteState> {
  let issued: ShownInvitation | null = null;
  const state = await act(async (ctx) => {
    const name = field(form, 'name').trim();
    const role = field(form, 'role') as never;
    const customers = role === 'owner' ? null : chosenCustomers(form);
    issued = await shownInvitation(name, await invite(ctx, { name, role, customers }));
    return undefined;
  });
  return { ...state, issued };
}

export async function revokeInvitation(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await revoke(ctx, { invitationId: field(form, 'invitationId') });
    return undefined;
  });
}

export async function setMemberRole(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const subject = field(form, 'subject');
    await setRole(ctx, { subject, role: field(form, 'role') as never });
    return undefined;
  });
}

export async function assignMember(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await assign(ctx, { subject: field(form, 'subject'), customers: chosenCustomers(form) });
    return undefined;
  });
}

export async function disableMember(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await disable(ctx, { subject: field(form, 'subject') });
    return paths.staff();
  });
}
