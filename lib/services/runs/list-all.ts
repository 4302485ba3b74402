import type { z } from 'zod';
import type { RunState } from '#db/enums.ts';
import { addMs } from '#lib/core/clock.ts';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { countedMs } from '../coverage/history.ts';
import { initialsOf } from '../customers/view.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listAllRunsInput } from './input.ts';
import { isOpen, openRunStates, problemRunStates } from './rules.ts';
import { listRunRows } from './store.ts';
import { type RunSummary, viewSummary } from './view.ts';

export interface FleetRun extends RunSummary {
  tenantId: string;
  customer: string;
  initials: string;
}

type Show = z.output<typeof listAllRunsInput>['show'];

const statesOf: Record<Show, readonly RunState[] | undefined> = {
  all: undefined,
  open: openRunStates,
  problems: problemRunStates,
  done: ['done'],
  copied: ['done', 'incomplete'],
  stopped: ['failed', 'cancelled'],
  unexplained: undefined,
};

/** Runs of every customer within reach, newest first, in one query. */
export async function listAllRuns(
  ctx: ServiceContext,
  input: z.input<typeof listAllRunsInput> = {},
): Promise<FleetRun[]> {
  requirePermission(ctx, 'customers.read');
  const { tenantId, show, trigger, since, ...page } = parse(listAllRunsInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const { customers } = reachOf(ctx);
  const filter = {
    tenantId,
    tenantIds: customers === 'all' ? undefined : customers,
    states: statesOf[show],
    trigger,
    since,
    // As far back as the figures that count them.
    unexplainedSince: show === 'unexplained' ? addMs(ctx.clock.now(), -countedMs) : undefined,
  };
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listRunRows(tx, ctx.mspId, filter, page),
  );
  return rows.map(({ run, customer, sums }) => ({
    ...viewSummary(run, isOpen(run.state) ? sums : null),
    tenantId: run.tenantId,
    customer,
    initials: initialsOf(customer),
  }));
}
