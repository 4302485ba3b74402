'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { rememberLink } from '#app/_server/issued-link.ts';
import { paths } from '#app/paths.ts';
import { entraApps } from '#db/enums.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { startRun } from '#lib/services/runs/start.ts';

export async function backUpNow(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { runId } = await startRun(ctx, { tenantId });
    return paths.run(tenantId, runId);
  });
}

export async function sendNewLink(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  // One approval is asked for by name; otherwise those that are missing.
  const app = entraApps.find((it) => it === field(form, 'app'));
  return act(async (ctx) => {
    const link = await newConnectLink(ctx, { tenantId, ...(app ? { apps: [app] } : {}) });
    await rememberLink(link);
    return paths.customerConnecting(tenantId);
  });
}
