import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { getRunInput } from './input.ts';
import { readLines } from './lines.ts';
import { countCauses, loadRun, sumRun, sumRunByState } from './store.ts';
import { type RunView, viewRun } from './view.ts';

/** A run with its mailboxes and causes, as of now; while it goes on, the numbers grow. */
export async function getRun(
  ctx: ServiceContext,
  input: z.input<typeof getRunInput>,
): Promise<RunView> {
  requirePermission(ctx, 'customers.read');
  const { mailboxes: choice, ...run } = parse(getRunInput, input);
  const key = { mspId: ctx.mspId, ...run };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) =>
    viewRun(
      await loadRun(tx, key),
      await sumRun(tx, key),
      await countCauses(tx, key),
      await sumRunByState(tx, key),
      await readLines(tx, key, choice),
    ),
  );
}
