'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { createKey as create } from '#lib/services/keys/create.ts';
import { revokeKey as revoke } from '#lib/services/keys/revoke.ts';

export interface CreateState extends FormState {
  /** Of the key that was just made: this answer is the one place it ever stands in. */
  made: { secret: string; curl: string } | null;
}

const texts = (form: FormData, name: string) =>
  form.getAll(name).filter((value) => typeof value === 'string');

export async function createKey(_state: CreateState, form: FormData): Promise<CreateState> {
  let made: CreateState['made'] = null;
  const days = field(form, 'days');
  const state = await act(async (ctx) => {
    const { secret } = await create(ctx, {
      name: field(form, 'name'),
      scopes: texts(form, 'scope') as never,
      customers: field(form, 'reach') === 'all' ? 'all' : texts(form, 'customer'),
      days: days === '' ? null : Number(days),
    });
    const { portalUrl } = (await portalDeps()).config;
    made = { secret, curl: `curl -H "Authorization: Bearer $KEY" ${portalUrl}/api/v1/customers` };
    return undefined;
  });
  return { ...state, made };
}

export async function revokeKey(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await revoke(ctx, { keyId: field(form, 'keyId') });
    return undefined;
  });
}
