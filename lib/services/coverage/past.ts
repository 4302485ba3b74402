import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { endedRuns, loadFleet } from '../figures/store.ts';
import { entityId, notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import type { Day } from './days.ts';
import { countUnexplained, historyMs } from './history.ts';
import { coverageInput } from './input.ts';
import { type CoverageRow, loadPast, workOutCoverage } from './list.ts';
import { foldRecovery, type Recovery } from './recovery.ts';
import { targetMs, usualMinutes } from './rules.ts';

const pastInput = coverageInput.extend({ tenantId: entityId });

export interface CustomerPast {
  days: Day[];
  row: CoverageRow;
  recovery: Recovery;
  /** Items of the last 30 days that were listed and not accounted for. */
  unexplainedItems: number;
}

/** The last days of one customer, and the gaps between its copies. */
export async function customerPast(
  ctx: ServiceContext,
  input: z.input<typeof pastInput>,
): Promise<CustomerPast> {
  requirePermission(ctx, 'customers.read');
  const { tenantId, zone, days: count } = parse(pastInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const now = ctx.clock.now();
  return await withScope(ctx.db, scope, async (tx) => {
    const [fleet, past, runs] = await Promise.all([
      loadFleet(tx, ctx.mspId, [tenantId]),
      loadPast(tx, ctx.mspId, tenantId),
      endedRuns(tx, scope, addMs(now, -historyMs)),
    ]);
    const { days, rows } = workOutCoverage(fleet, past, { now, zone, days: count });
    const [row] = rows;
    if (row === undefined) throw notFound();
    const everyMinutes = fleet[0]?.policy?.everyMinutes ?? usualMinutes;
    const from = days[0]!.start;
    const goesOn = fleet[0]?.tenant.state !== 'disconnected';
    const span = { from, now, everyMinutes, target: targetMs(everyMinutes), goesOn };
    return {
      days,
      row,
      recovery: foldRecovery(runs, span),
      unexplainedItems: countUnexplained(runs, now),
    };
  });
}
