import type { Transaction } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { acrossCustomers, lockAllowance } from '../transaction.ts';
import { countPreviews } from './store.ts';

/** Each costs a story of the worker and a look into the vault. */
const waitingMax = 8;
/** Whoever waits is answered, one way or the other, by then. */
const waitMaxMs = 25_000;
/** Files of mail lie in the export folder for two minutes, with those of everybody else. */
const filesMax = 200;
const bytesMax = 2 * 2 ** 30;

/**
 * Refuses what would be too much for one person or key, over all their customers; call it in the
 * transaction that adds a preview. Those that are waited for count, and of files those that are kept.
 * @param fileBytes how large the file may become; null for a view, which is no file
 * @throws AppError `too-many`
 */
export async function requireAllowance(
  ctx: ServiceContext,
  tx: Transaction,
  fileBytes: number | null,
): Promise<void> {
  const actor = actorName(ctx.actor);
  await lockAllowance(tx, { mspId: ctx.mspId, actor });
  const now = ctx.clock.now();
  const { waiting, files, bytes } = await acrossCustomers(tx, () =>
    countPreviews(
      tx,
      { mspId: ctx.mspId, requestedBy: actor },
      { now, waitingFrom: addMs(now, -waitMaxMs) },
    ),
  );
  if (waiting >= waitingMax) {
    throw new AppError(
      'too-many',
      `${waitingMax} items are on their way to you already, so this one was not fetched. Wait until one is there, then try again.`,
      { retryable: true, retryAfterMs: 2_000 },
    );
  }
  if (fileBytes === null) return;
  const wait = { retryable: true, retryAfterMs: 30_000 };
  if (files >= filesMax) {
    throw new AppError(
      'too-many',
      `You took ${filesMax} files in the last two minutes, so this one was not fetched. Wait a minute, or download the folder: one archive holds all of it.`,
      wait,
    );
  }
  if (files > 0 && bytes + fileBytes > bytesMax) {
    throw new AppError(
      'too-many',
      'You took 2 GB of files in the last two minutes, so this one was not fetched. Wait a minute, or download the folder: one archive holds all of it.',
      wait,
    );
  }
}
