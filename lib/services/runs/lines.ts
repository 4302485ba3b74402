import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { getRunInput } from './input.ts';
import { countRunMailboxes, listRunMailboxes, loadRun, type RunKey } from './store.ts';
import { type RunMailbox, viewRunMailbox } from './view.ts';

/** More lines than anybody reads on one page; the counts beside them cover all. */
const mailboxesShown = 1_000;

/** Few enough to name each, whatever it is doing: sums would tell less. */
const namedUpTo = 25;

/** The mailboxes of a run that were chosen, without its sums: a page that has them reads these beside. */
export async function listRunLines(
  ctx: ServiceContext,
  input: z.input<typeof getRunInput>,
): Promise<RunMailbox[]> {
  requirePermission(ctx, 'customers.read');
  const { mailboxes: choice, ...run } = parse(getRunInput, input);
  const key = { mspId: ctx.mspId, ...run };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    await loadRun(tx, key);
    return await readLines(tx, key, choice);
  });
}

/** @param choice `busy` names every mailbox where there are few */
export async function readLines(
  tx: Transaction,
  key: RunKey,
  choice: z.output<typeof getRunInput>['mailboxes'],
): Promise<RunMailbox[]> {
  if (choice === 'none') return [];
  const few = choice === 'busy' && (await countRunMailboxes(tx, key)) <= namedUpTo;
  const rows = await listRunMailboxes(tx, key, {
    choice: few ? 'all' : choice,
    limit: mailboxesShown,
  });
  return rows.map(viewRunMailbox);
}
