'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { paths } from '#app/paths.ts';
import type { CollisionRule } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { planRestore } from '#lib/services/restores/plan.ts';

/** What is to be restored and where it goes, as the form says it; the verb checks every part. */
export async function makePlan(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { restoreId } = await planRestore(ctx, {
      tenantId,
      mailboxId: field(form, 'mailboxId'),
      sequence: Number(field(form, 'sequence')),
      selection: selectionOf(form, 'what'),
      destination: destinationOf(form),
      collisions: field(form, 'collisions') as CollisionRule,
    });
    return paths.restore(tenantId, restoreId);
  });
}

/** What goes into a ZIP. */
export async function makeDownload(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { exportId } = await startExport(ctx, {
      tenantId,
      mailboxId: field(form, 'mailboxId'),
      sequence: Number(field(form, 'sequence')),
      selection: selectionOf(form, 'downloaded'),
    });
    return paths.export(tenantId, exportId);
  });
}

type Wish = Parameters<typeof planRestore>[1];

function selectionOf(form: FormData, name: 'what' | 'downloaded'): Wish['selection'] {
  switch (field(form, name)) {
    case 'items':
      return { kind: 'items', itemIds: form.getAll('item').map(String) };
    case 'folder':
      return { kind: 'folder', folderId: field(form, 'folderId') };
    case 'mailbox':
      return { kind: 'mailbox' };
    default:
      throw new AppError('input.invalid', 'Choose which items.');
  }
}

function destinationOf(form: FormData): Wish['destination'] {
  const name = field(form, 'folderName');
  switch (field(form, 'where')) {
    case 'original':
      return { kind: 'original' };
    case 'folder':
      return { kind: 'folder', name };
    case 'mailbox':
      return { kind: 'mailbox', mailboxId: field(form, 'otherMailbox'), folderName: name };
    default:
      throw new AppError('input.invalid', 'Choose where the items go.');
  }
}
