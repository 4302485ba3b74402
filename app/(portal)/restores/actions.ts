'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { paths } from '#app/paths.ts';
import type { CollisionRule } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { draftRestore } from '#lib/services/restores/draft.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { planDraft } from '#lib/services/restores/plan-draft.ts';

type Selection = Parameters<typeof draftRestore>[1]['selection'];

/**
 * Begins the wizard with what a form chose, and leads to the question where it goes. Fields:
 * `tenantId`, `mailboxId`, `sequence`, `what` (`items`, `folder`, `mailbox`, or `kept`), and then
 * `item` (one each, or several with commas between), `folderId`, or `restoreId` for what another
 * restore keeps.
 */
export async function openWizard(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { restoreId } = await draftRestore(ctx, {
      tenantId,
      mailboxId: field(form, 'mailboxId'),
      sequence: Number(field(form, 'sequence')),
      selection: await selectionOf(ctx, form),
    });
    return paths.restoreStep(tenantId, restoreId, 'where');
  });
}

async function selectionOf(ctx: ServiceContext, form: FormData): Promise<Selection> {
  switch (field(form, 'what')) {
    case 'items':
      return {
        kind: 'items',
        itemIds: form.getAll('item').flatMap((ids) => String(ids).split(',')),
      };
    case 'folder':
      return { kind: 'folder', folderId: field(form, 'folderId') };
    case 'mailbox':
      return { kind: 'mailbox' };
    case 'kept': {
      const key = { tenantId: field(form, 'tenantId'), restoreId: field(form, 'restoreId') };
      return (await getRestore(ctx, { ...key, folders: false })).selection;
    }
    default:
      throw new AppError('input.invalid', restoreTexts.choose.items);
  }
}

/** Where it goes; leads to the plan. */
export async function chooseWhere(_state: FormState, form: FormData): Promise<FormState> {
  const tenantId = field(form, 'tenantId');
  return act(async (ctx) => {
    const { restoreId } = await planDraft(ctx, {
      tenantId,
      restoreId: field(form, 'restoreId'),
      destination: destinationOf(form),
      collisions: field(form, 'collisions') as CollisionRule,
    });
    return paths.restoreStep(tenantId, restoreId, 'plan');
  });
}

function destinationOf(form: FormData): Parameters<typeof planDraft>[1]['destination'] {
  const name = field(form, 'folderName');
  switch (field(form, 'where')) {
    case 'original':
      return { kind: 'original' };
    case 'folder':
      return { kind: 'folder', name };
    case 'mailbox': {
      const mailboxId = field(form, 'otherMailbox');
      if (mailboxId === '') throw new AppError('input.invalid', restoreTexts.choose.mailbox);
      return { kind: 'mailbox', mailboxId, folderName: name };
    }
    default:
      throw new AppError('input.invalid', restoreTexts.choose.where);
  }
}
