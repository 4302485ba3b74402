'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { withdrawLink } from '#lib/services/connect/withdraw.ts';

/** Takes the link back; the page says from then on that it is over. */
export async function withdraw(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await withdrawLink(ctx, { tenantId: field(form, 'tenantId') });
    return undefined;
  });
}
