'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { takeTexts } from '#app/_texts/mail.ts';
import { paths } from '#app/paths.ts';
import { AppError } from '#lib/core/errors.ts';
import { startExport } from '#lib/services/exports/start.ts';

/** What goes into a ZIP. */
export async function makeDownload(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { exportId } = await startExport(ctx, {
      tenantId,
      mailboxId: field(form, 'mailboxId'),
      sequence: Number(field(form, 'sequence')),
      selection: selectionOf(form),
    });
    return paths.export(tenantId, exportId);
  });
}

function selectionOf(form: FormData): Parameters<typeof startExport>[1]['selection'] {
  switch (field(form, 'downloaded')) {
    case 'items':
      return { kind: 'items', itemIds: form.getAll('item').map(String) };
    case 'folder':
      return { kind: 'folder', folderId: field(form, 'folderId') };
    case 'mailbox':
      return { kind: 'mailbox' };
    default:
      throw new AppError('input.invalid', takeTexts.choose);
  }
}
