import { AppError } from '#lib/core/errors.ts';
import { actorName, requireReach, type ServiceContext } from '../context.ts';
import { latestSequences } from '../mailboxes/store.ts';
import { findHits } from './find.ts';
import { inTurn, withPatience } from './in-turn.ts';
import { foundMax } from './input.ts';
import { wishOf } from './results.ts';
import { loadItemPlaces, loadSearch } from './store.ts';

/** What was chosen of a search, of one mailbox. */
export interface ChosenOfMailbox {
  mailboxId: string;
  /** The newest copy of that mailbox. */
  sequence: number;
  itemIds: string[];
}

/** One restore or export for each: more is no act that a person can follow. */
const mailboxesMax = 50;

/** The found items that somebody chose, by mailbox. */
export async function chosenItems(
  ctx: ServiceContext,
  input: { tenantId: string; searchId: string; items: 'all' | string[] },
): Promise<ChosenOfMailbox[]> {
  const { tenantId, searchId } = input;
  requireReach(ctx, { tenantId });
  const key = { mspId: ctx.mspId, tenantId, searchId };
  return await inTurn(ctx, key, async (tx) => {
    const search = await loadSearch(tx, key, {
      requestedBy: actorName(ctx.actor),
      now: ctx.clock.now(),
    });
    const found =
      input.items === 'all'
        ? (
            await withPatience(ctx, tx, (patience) =>
              findHits(tx, wishOf(search), {
                after: null,
                limit: foundMax + 1,
                now: ctx.clock.now(),
                patience,
                hurry: false,
              }),
            )
          ).rows
        : await loadItemPlaces(tx, key, input.items);
    if (found.length > foundMax) {
      throw new AppError(
        'input.invalid',
        'The search finds more than 10,000 items. Look for less, or restore a folder.',
      );
    }
    const byMailbox = Map.groupBy(found, (item) => item.mailboxId);
    if (byMailbox.size === 0) {
      throw input.items === 'all'
        ? new AppError('conflict', 'The search finds nothing. Look for something else.')
        : new AppError('not-found', 'None of these items is there any more.');
    }
    if (byMailbox.size > mailboxesMax) {
      throw new AppError(
        'input.invalid',
        `The items are in ${byMailbox.size} mailboxes. Choose items of at most ${mailboxesMax}.`,
      );
    }
    for (const mailboxId of byMailbox.keys()) requireReach(ctx, { tenantId, mailboxId });
    const sequences = await latestSequences(tx, ctx.mspId, tenantId, [...byMailbox.keys()]);
    return [...byMailbox].map(([mailboxId, items]) => ({
      mailboxId,
      sequence: sequences.get(mailboxId) ?? 1,
      itemIds: items.map((item) => item.itemId),
    }));
  });
}
