import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { getRunInput } from './input.ts';
import { countCauses, listRunMailboxes, loadRun, sumRun, sumRunByState } from './store.ts';
import { type RunView, viewRun } from './view.ts';

/** More lines than anybody reads on one page; the counts beside them cover all. */
const mailboxesShown = 1_000;

/** Few enough to name each, whatever it is doing: sums would tell less. */
const namedUpTo = 25;

/** A run with its mailboxes and causes, as of now; while it goes on, the numbers grow. */
export async function getRun(
  ctx: ServiceContext,
  input: z.input<typeof getRunInput>,
): Promise<RunView> {
  requirePermission(ctx, 'customers.read');
  const { mailboxes: choice, ...run } = parse(getRunInput, input);
  const key = { mspId: ctx.mspId, ...run };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const row = await loadRun(tx, key);
    const sums = await sumRun(tx, key);
    const few = choice === 'busy' && sums.mailboxes <= namedUpTo;
    return viewRun(
      row,
      sums,
      await countCauses(tx, key),
      await sumRunByState(tx, key),
      choice === 'none'
        ? []
        : await listRunMailboxes(tx, key, { choice: few ? 'all' : choice, limit: mailboxesShown }),
    );
  });
}
