'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { paths } from '#app/paths.ts';
import { cancelExport } from '#lib/services/exports/cancel.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { startExport } from '#lib/services/exports/start.ts';

/** The same selection of the same copy once more; what an export was made of is never changed. */
export async function exportAgain(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { mailboxId, sequence, selection } = await getExport(ctx, {
      tenantId,
      exportId: field(form, 'exportId'),
    });
    const { exportId } = await startExport(ctx, { tenantId, mailboxId, sequence, selection });
    return paths.export(tenantId, exportId);
  });
}

/** Stops one that is being made. */
export async function stopExport(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await cancelExport(ctx, {
      tenantId: field(form, 'tenantId'),
      exportId: field(form, 'exportId'),
    });
    return undefined;
  });
}
