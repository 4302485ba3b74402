'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { setPolicy as set } from '#lib/services/policies/set.ts';

export async function setPolicy(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await set(ctx, {
      tenantId: field(form, 'tenantId'),
      everyMinutes: Number(field(form, 'everyMinutes')) as never,
      paused: field(form, 'backups') === 'paused',
    });
    return undefined;
  });
}
