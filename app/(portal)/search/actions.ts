'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { reading } from '#app/_server/viewer.ts';
import { searchTexts } from '#app/_texts/search.ts';
import { paths } from '#app/paths.ts';
import { AppError } from '#lib/core/errors.ts';
import { draftFound } from '#lib/services/search/draft-found.ts';
import { exportFound } from '#lib/services/search/export-found.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { momentsOf } from './parts/days.ts';

/** Begins a search and leads to what it finds. */
export async function searchMail(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const tenantId = field(form, 'tenantId');
    const { zone } = await reading();
    const given = (name: string) => field(form, name) || undefined;
    const { searchId } = await startSearch(ctx, {
      tenantId,
      mailboxId: given('mailboxId'),
      words: field(form, 'words'),
      filter: {
        folderId: given('folderId'),
        person: given('person'),
        attachment: given('file'),
        ...momentsOf({ from: given('from'), until: given('until') }, zone),
        goneOnly: field(form, 'gone') === 'yes' || undefined,
      },
    });
    return paths.found(tenantId, searchId);
  });
}

/** Restores or downloads what was chosen. Fields: `tenantId`, `searchId`, `item`, `all`, `act`. */
export async function takeFound(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const tenantId = field(form, 'tenantId');
    const items: 'all' | string[] =
      field(form, 'all') === 'yes' ? 'all' : form.getAll('item').map(String);
    if (items.length === 0) throw new AppError('input.invalid', searchTexts.chooseFirst);
    const wish = { tenantId, searchId: field(form, 'searchId'), items };
    if (field(form, 'act') === 'download') {
      const { exportIds } = await exportFound(ctx, wish);
      return exportIds.length === 1 ? paths.export(tenantId, exportIds[0]!) : paths.restores();
    }
    const { restoreIds } = await draftFound(ctx, wish);
    return restoreIds.length === 1
      ? paths.restoreStep(tenantId, restoreIds[0]!, 'where')
      : paths.restores();
  });
}
