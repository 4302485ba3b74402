'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { paths } from '#app/paths.ts';
import { cancelRestore as cancel } from '#lib/services/restores/cancel.ts';
import { executeRestore as execute } from '#lib/services/restores/execute.ts';

function restoreOf(form: FormData): { tenantId: string; restoreId: string } {
  return { tenantId: field(form, 'tenantId'), restoreId: field(form, 'restoreId') };
}

export async function executeRestore(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const key = restoreOf(form);
    await execute(ctx, key);
    return paths.restoreStep(key.tenantId, key.restoreId, 'run');
  });
}

export async function cancelRestore(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await cancel(ctx, restoreOf(form));
    return undefined;
  });
}
