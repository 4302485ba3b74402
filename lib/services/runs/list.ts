import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listRunsInput } from './input.ts';
import { isOpen } from './rules.ts';
import { listRunRows, sumRun } from './store.ts';
import { type RunSummary, viewSummary } from './view.ts';

/** Newest first. */
export async function listRuns(
  ctx: ServiceContext,
  input: z.input<typeof listRunsInput>,
): Promise<RunSummary[]> {
  requirePermission(ctx, 'customers.read');
  const { tenantId, ...page } = parse(listRunsInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  return await withScope(ctx.db, scope, async (tx) => {
    const views: RunSummary[] = [];
    for (const row of await listRunRows(tx, ctx.mspId, tenantId, page)) {
      const sums = isOpen(row.state) ? await sumRun(tx, { ...scope, runId: row.id }) : null;
      views.push(viewSummary(row, sums));
    }
    return views;
  });
}
