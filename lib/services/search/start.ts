import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  reachOf,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { startSearchInput } from './input.ts';
import { looksForSomething } from './query.ts';
import { addSearch, dropExpiredSearches } from './store.ts';

const searchLifeMs = 24 * 60 * 60_000;

/**
 * Keeps what is looked for under an id, so that its words stand in no address. With no words the
 * filter alone finds: "deleted this week" is `goneFrom` and nothing else.
 */
export async function startSearch(
  ctx: ServiceContext,
  input: z.input<typeof startSearchInput>,
): Promise<{ searchId: string }> {
  requirePermission(ctx, 'content.read');
  const { mailboxId = onlyMailbox(ctx), ...asked } = parse(startSearchInput, input);
  const wish = mailboxId === undefined ? asked : { ...asked, mailboxId };
  requireReach(ctx, wish);
  if (wish.words === '' && Object.values(wish.filter).every((value) => !value)) {
    throw new AppError('input.invalid', 'Give a word to look for, or a person, a day or a file.', {
      data: { field: 'words' },
    });
  }
  if (wish.words !== '' && !looksForSomething(wish.words)) {
    throw new AppError(
      'input.invalid',
      'There is no word in that to look for. Give one that must be there.',
      { data: { field: 'words' } },
    );
  }
  if (wish.filter.folderId && mailboxId === undefined) {
    throw new AppError('input.invalid', 'Choose the mailbox of the folder.', {
      data: { field: 'mailboxId' },
    });
  }
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  const searchId = newId();
  await withScope(ctx.db, scope, async (tx) => {
    await loadTenant(tx, ctx.mspId, wish.tenantId);
    if (mailboxId) await loadMailbox(tx, ctx.mspId, wish.tenantId, mailboxId);
    const now = ctx.clock.now();
    await dropExpiredSearches(tx, scope, now);
    await addSearch(tx, {
      ...scope,
      id: searchId,
      mailboxId: mailboxId ?? null,
      words: wish.words.replaceAll('\0', '').toWellFormed(),
      filter: wish.filter,
      requestedBy: actorName(ctx.actor),
      createdAt: now,
      expiresAt: addMs(now, searchLifeMs),
    });
    await audit(ctx, tx, {
      tenantId: wish.tenantId,
      action: 'search.start',
      entity: 'search',
      entityId: searchId,
      facts: { mailboxId: mailboxId ?? null },
    });
  });
  return { searchId };
}

/** Who reaches some mailboxes alone looks through one of them: which, where there are several, they say. */
function onlyMailbox(ctx: ServiceContext): string | undefined {
  const { mailboxes } = reachOf(ctx);
  if (mailboxes === 'all') return undefined;
  if (mailboxes.length === 1) return mailboxes[0];
  throw new AppError('input.invalid', 'Choose the mailbox to look through.', {
    data: { field: 'mailboxId' },
  });
}
