'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { customerViewer } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { myRefusals, myTexts } from '#app/_texts/my.ts';
import { paths } from '#app/paths.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { cancelRestore } from '#lib/services/restores/cancel.ts';
import { draftRestore } from '#lib/services/restores/draft.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { planDraft } from '#lib/services/restores/plan-draft.ts';
import { draftFound } from '#lib/services/search/draft-found.ts';
import { exportFound } from '#lib/services/search/export-found.ts';
import { restoreFound } from '#lib/services/search/restore-found.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { filterOf, type When } from './parts/when.ts';

/** Whose customer it is is never taken from a form. */
async function place(): Promise<{ tenantId: string }> {
  const { tenantId } = await customerViewer();
  return { tenantId };
}

/**
 * Begins a search and leads to what it finds. Fields: `words`, `when`, `day`, `which`, `mailbox`,
 * `folder`.
 */
export async function findMail(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const { zone, now } = await reading();
    const filter = filterOf(whenIn(form), now, zone);
    const folderId = field(form, 'folder') || undefined;
    if (filter === null) throw new AppError('input.invalid', myRefusals.day);
    const mailboxId = field(form, 'mailbox') || undefined;
    const words = field(form, 'words');
    const { searchId } = await startSearch(ctx, {
      ...(await place()),
      ...{ mailboxId, words },
      filter: { ...filter, folderId },
    });
    return paths.mySearch(searchId);
  });
}

function whenIn(form: FormData): When {
  const kind = field(form, 'when');
  if (kind === 'week' || kind === 'yesterday') return { kind };
  if (kind !== 'day') return { kind: 'any' };
  const which = field(form, 'which') === 'came' ? 'came' : 'removed';
  return { kind, day: field(form, 'day'), which };
}

function foundIn(form: FormData): { searchId: string; items: 'all' | string[] } {
  const items = field(form, 'all') === 'yes' ? 'all' : form.getAll('item').map(String);
  return { searchId: field(form, 'searchId'), items };
}

/** Makes the plan to put back what was chosen of a search, and leads to it. */
export async function putBackFound(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const found = { ...(await place()), ...foundIn(form) };
    const { restoreIds, refused } = await plannedOrDrafted(ctx, found);
    if (refused.length > 0) {
      throw new AppError('conflict', myTexts.results.someRefused(refused[0]!.refusal));
    }
    return restoreIds.length === 1 ? paths.myRestore(restoreIds[0]!) : paths.myRestores();
  });
}

/** What somebody left behind has no place to go back to: then the next question is where to. */
async function plannedOrDrafted(
  ctx: ServiceContext,
  found: { tenantId: string; searchId: string; items: 'all' | string[] },
): Promise<{ restoreIds: string[]; refused: { refusal: string }[] }> {
  try {
    return await restoreFound(ctx, {
      ...found,
      destination: { kind: 'original' },
      collisions: 'skip',
    });
  } catch (err) {
    if (!isAppError(err, 'source.gone')) throw err;
    return { ...(await draftFound(ctx, found)), refused: [] };
  }
}

export async function downloadFound(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const { exportIds } = await exportFound(ctx, { ...(await place()), ...foundIn(form) });
    return exportIds.length === 1 ? paths.myDownload(exportIds[0]!) : paths.myRestores();
  });
}

/** One message that is open. Fields: `mailboxId`, `item`. */
export async function putBackItem(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const wish = await itemIn(ctx, form);
    try {
      const { restoreId } = await planRestore(ctx, {
        ...wish,
        destination: { kind: 'original' },
        collisions: 'skip',
      });
      return paths.myRestore(restoreId);
    } catch (err) {
      if (!isAppError(err, 'source.gone')) throw err;
      return paths.myRestore((await draftRestore(ctx, wish)).restoreId);
    }
  });
}

async function itemIn(ctx: ServiceContext, form: FormData) {
  const of = { ...(await place()), mailboxId: field(form, 'mailboxId') };
  return {
    ...of,
    sequence: await latest(ctx, of),
    selection: { kind: 'items' as const, itemIds: [field(form, 'item')] },
  };
}

/** Number of the newest copy. */
async function latest(ctx: ServiceContext, of: { tenantId: string; mailboxId: string }) {
  return (await getMailbox(ctx, of)).snapshots[0]?.sequence ?? 1;
}

/** A folder or a whole mailbox; leads to the question where it goes. */
export async function chooseWhat(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const folderId = field(form, 'folderId');
    const of = { ...(await place()), mailboxId: field(form, 'mailboxId') };
    const asked = field(form, 'sequence');
    const { restoreId } = await draftRestore(ctx, {
      ...of,
      sequence: asked === 'latest' ? await latest(ctx, of) : Number(asked),
      selection:
        field(form, 'what') === 'folder' ? { kind: 'folder', folderId } : { kind: 'mailbox' },
    });
    return paths.myRestore(restoreId);
  });
}

/** Where it goes; leads to the plan. */
export async function chooseWhere(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const { restoreId } = await planDraft(ctx, {
      ...(await place()),
      restoreId: field(form, 'restoreId'),
      destination: destinationIn(form),
      collisions: 'skip',
    });
    return paths.myRestore(restoreId);
  });
}

function destinationIn(form: FormData): Parameters<typeof planDraft>[1]['destination'] {
  const name = field(form, 'folderName');
  switch (field(form, 'where')) {
    case 'original':
      return { kind: 'original' };
    case 'folder':
      return { kind: 'folder', name };
    case 'mailbox': {
      const mailboxId = field(form, 'otherMailbox');
      if (mailboxId === '') throw new AppError('input.invalid', myRefusals.mailbox);
      return { kind: 'mailbox', mailboxId, folderName: name };
    }
    default:
      throw new AppError('input.invalid', myRefusals.where);
  }
}

/** The same choice looked at anew: a plan that has aged is not carried out. */
export async function lookAgain(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const key = { ...(await place()), restoreId: field(form, 'restoreId') };
    const { destination, collisions } = await getRestore(ctx, { ...key, folders: false });
    const { restoreId } = await planDraft(ctx, { ...key, destination, collisions });
    return paths.myRestore(restoreId);
  });
}

export async function execute(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await executeRestore(ctx, { ...(await place()), restoreId: field(form, 'restoreId') });
    return undefined;
  });
}

export async function cancel(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await cancelRestore(ctx, { ...(await place()), restoreId: field(form, 'restoreId') });
    return undefined;
  });
}
