'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { rememberLink } from '#app/_server/issued-link.ts';
import { paths } from '#app/paths.ts';
import { addCustomer as add } from '#lib/services/customers/add.ts';

export async function addCustomer(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const link = await add(ctx, { name: field(form, 'name') });
    await rememberLink(link);
    return paths.customerConnecting(link.tenantId);
  });
}
