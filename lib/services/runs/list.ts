import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listRunsInput } from './input.ts';
import { isOpen } from './rules.ts';
import { listRunRows } from './store.ts';
import { type RunSummary, viewSummary } from './view.ts';

/** Runs of one customer, newest first. */
export async function listRuns(
  ctx: ServiceContext,
  input: z.input<typeof listRunsInput>,
): Promise<RunSummary[]> {
  requirePermission(ctx, 'customers.read');
  const { tenantId, from, until, ...page } = parse(listRunsInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const rows = await withScope(ctx.db, scope, (tx) =>
    listRunRows(tx, ctx.mspId, { tenantId, from, until }, page),
  );
  return rows.map(({ run, sums }) => viewSummary(run, isOpen(run.state) ? sums : null));
}
