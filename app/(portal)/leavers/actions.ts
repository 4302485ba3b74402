'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { leaversTexts } from '#app/_texts/fleet.ts';
import { paths } from '#app/paths.ts';
import { AppError } from '#lib/core/errors.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { getLeaver } from '#lib/services/leavers/get.ts';

/** Everything that is kept of somebody who left, as a ZIP. */
export async function exportLeaver(_state: FormState, form: FormData): Promise<FormState> {
  const place = { tenantId: field(form, 'tenantId'), mailboxId: field(form, 'mailboxId') };
  return act(async (ctx) => {
    const { snapshot } = await getLeaver(ctx, place);
    if (snapshot === null) {
      throw new AppError('not-found', leaversTexts.nothingCopied);
    }
    const { exportId } = await startExport(ctx, {
      ...place,
      sequence: snapshot.sequence,
      selection: { kind: 'mailbox' },
    });
    return paths.export(place.tenantId, exportId);
  });
}
