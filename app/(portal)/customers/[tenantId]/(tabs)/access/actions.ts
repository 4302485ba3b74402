'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { invitePerson as invite } from '#lib/services/invitations/invite-person.ts';
import { revokeInvitation as revoke } from '#lib/services/invitations/revoke.ts';
import { disablePerson as disable } from '#lib/services/people/disable.ts';
import { enablePerson as enable } from '#lib/services/people/enable.ts';
import { setSelfService as setMode } from '#lib/services/people/set-self-service.ts';
import { type ShownInvitation, shownInvitation } from '../../../../parts/shown-invitation.ts';

export interface InviteState extends FormState {
  issued: ShownInvitation | null;
}

export async function invitePerson(_state: InviteState, form: FormData): Promise<InviteState> {
  let issued: ShownInvitation | null = null;
  const state = await act(async (ctx) => {
    const name = field(form, 'name').trim();
    const role = field(form, 'role') as never;
    const mailboxId = role === 'mailbox-owner' ? field(form, 'mailboxId') || undefined : undefined;
    const tenantId = field(form, 'tenantId');
    issued = await shownInvitation(name, await invite(ctx, { tenantId, name, role, mailboxId }));
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

export async function setSelfService(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const mode = field(form, 'mode') as never;
    await setMode(ctx, { tenantId: field(form, 'tenantId'), mode });
    return undefined;
  });
}

export async function disablePerson(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await disable(ctx, { tenantId: field(form, 'tenantId'), subject: field(form, 'subject') });
    return undefined;
  });
}

export async function enablePerson(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await enable(ctx, { tenantId: field(form, 'tenantId'), subject: field(form, 'subject') });
    return undefined;
  });
}
