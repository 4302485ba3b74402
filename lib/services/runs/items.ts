import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { runItemsInput } from './input.ts';
import { listRunItems, loadRun } from './store.ts';

export interface RunItem {
  id: string;
  mailboxId: string;
  mailbox: string;
  sourceId: string;
  folderId: string;
  outcome: string;
  cause: string;
  /** The code that Microsoft gave. */
  detail: string | null;
  at: Date;
}

/** The items that a run did not save: for one cause, of one mailbox, or all. */
export async function runItems(
  ctx: ServiceContext,
  input: z.input<typeof runItemsInput>,
): Promise<RunItem[]> {
  requirePermission(ctx, 'content.read');
  const { tenantId, runId, ...wanted } = parse(runItemsInput, input);
  const key = { mspId: ctx.mspId, tenantId, runId };
  requireReach(ctx, { tenantId, mailboxId: wanted.mailboxId });
  return await withScope(ctx.db, key, async (tx) => {
    await loadRun(tx, key);
    return await listRunItems(tx, key, wanted);
  });
}
