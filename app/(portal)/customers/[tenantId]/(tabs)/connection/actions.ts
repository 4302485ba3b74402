'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { disconnectCustomer } from '#lib/services/customers/disconnect.ts';

export async function disconnect(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await disconnectCustomer(ctx, {
      tenantId: field(form, 'tenantId'),
      reason: field(form, 'reason'),
    });
    return undefined;
  });
}
