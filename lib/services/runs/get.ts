import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { runInput } from './input.ts';
import { countCauses, listRunMailboxes, loadRun, sumRun } from './store.ts';
import { type RunView, viewRun } from './view.ts';

/** More lines than anybody reads on one page; the counts beside them cover all. */
const mailboxesShown = 1_000;

/** A run with its mailboxes and causes, as of now; while it goes on, the numbers grow. */
export async function getRun(
  ctx: ServiceContext,
  input: z.input<typeof runInput>,
): Promise<RunView> {
  requirePermission(ctx, 'customers.read');
  const key = { mspId: ctx.mspId, ...parse(runInput, input) };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) =>
    viewRun(
      await loadRun(tx, key),
      await sumRun(tx, key),
      await countCauses(tx, key),
      await listRunMailboxes(tx, key, mailboxesShown),
    ),
  );
}
