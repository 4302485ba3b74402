'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import type { Snooze } from '#lib/services/incidents/input.ts';
import { releaseIncident } from '#lib/services/incidents/release.ts';
import { setIncidentTicket } from '#lib/services/incidents/set-ticket.ts';
import { snoozeIncident } from '#lib/services/incidents/snooze.ts';
import { takeIncident } from '#lib/services/incidents/take.ts';
import { wakeIncident } from '#lib/services/incidents/wake.ts';

const placeOf = (form: FormData) => ({
  tenantId: field(form, 'tenantId'),
  cause: field(form, 'cause'),
});

/** Stays on the page, which shows what has changed. */
function stay(perform: (ctx: ServiceContext) => Promise<void>): Promise<FormState> {
  return act(async (ctx) => {
    await perform(ctx);
    return undefined;
  });
}

export async function take(_state: FormState, form: FormData): Promise<FormState> {
  return stay((ctx) => takeIncident(ctx, placeOf(form)));
}

export async function release(_state: FormState, form: FormData): Promise<FormState> {
  return stay((ctx) => releaseIncident(ctx, placeOf(form)));
}

export async function wake(_state: FormState, form: FormData): Promise<FormState> {
  return stay((ctx) => wakeIncident(ctx, placeOf(form)));
}

export async function snooze(_state: FormState, form: FormData): Promise<FormState> {
  const until = field(form, 'until') as Snooze;
  return stay((ctx) =>
    snoozeIncident(ctx, { ...placeOf(form), until, reason: field(form, 'reason') }),
  );
}

export async function setTicket(_state: FormState, form: FormData): Promise<FormState> {
  return stay((ctx) => setIncidentTicket(ctx, { ...placeOf(form), ticket: field(form, 'ticket') }));
}
