import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { TenantState } from '#db/enums.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { initialsOf } from '../customers/view.ts';
import {
  connectionsOf,
  type FleetRow,
  loadFleet,
  loadHistories,
  openRunsOf,
} from '../figures/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { type Day, daysOf, outcomesOf } from './days.ts';
import { coverageInput } from './input.ts';
import { type DayOutcome, dayOutcomes, targetMs, usualMinutes } from './rules.ts';

export interface CoverageRow {
  id: string;
  name: string;
  initials: string;
  state: TenantState;
  /** Of each day the worst. */
  outcomes: DayOutcome[];
  good: number;
  /** Days since it became a customer. */
  of: number;
  /** Of its mailboxes now; null when nobody has counted. */
  covered: number | null;
  mailboxes: number | null;
  /** How old this is. */
  asOf: Date | null;
  lastRunId: string | null;
}

export interface Coverage {
  days: Day[];
  /** Worst first: today counts most, then how many days were not good. */
  rows: CoverageRow[];
  /** Customers late or failed, by day. */
  troubled: number[];
}

/** The worst outcome of each day for every customer. */
export async function listCoverage(
  ctx: ServiceContext,
  input: z.input<typeof coverageInput>,
): Promise<Coverage> {
  requirePermission(ctx, 'customers.read');
  const { zone, days } = parse(coverageInput, input);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) =>
    workOutCoverage(tx, ctx.mspId, await loadFleet(tx, ctx.mspId), {
      now: ctx.clock.now(),
      zone,
      days,
    }),
  );
}

/** What goes on at the customers, and what their apps may do. */
export interface FleetNow {
  open: Awaited<ReturnType<typeof openRunsOf>>;
  links: Awaited<ReturnType<typeof connectionsOf>>;
}

/**
 * The same inside a transaction, for a fleet that was read already.
 * @param options.seen what of now was read with it
 */
export async function workOutCoverage(
  tx: Transaction,
  mspId: string,
  fleet: readonly FleetRow[],
  {
    now,
    zone,
    days: count,
    tenantId = null,
    seen,
  }: { now: Date; zone: string; days: number; tenantId?: string | null; seen?: FleetNow },
): Promise<Coverage> {
  const days = daysOf(zone, now, count);
  const histories = new Map(
    (await loadHistories(tx, mspId, tenantId)).map(({ tenantId, history }) => [tenantId, history]),
  );
  const open = new Set(
    (seen?.open ?? (await openRunsOf(tx, mspId, tenantId))).map(({ tenantId }) => tenantId),
  );
  const lost = new Map(
    (seen?.links ?? (await connectionsOf(tx, mspId, tenantId)))
      .filter(({ app }) => app === 'backup')
      .map(({ tenantId, lostAt }) => [tenantId, lostAt]),
  );
  const rows = fleet.map(({ tenant, figures, policy, lastRun }): CoverageRow => {
    const outcomes = outcomesOf(
      {
        history: histories.get(tenant.id) ?? '',
        historyFrom: figures?.historyFrom ?? null,
        goodRunAt: figures?.goodRunAt ?? null,
        connectedAt: tenant.connectedAt,
        state: tenant.state,
        lostAt: lost.get(tenant.id) ?? null,
        paused: policy?.paused ?? false,
        running: open.has(tenant.id),
        target: targetMs(policy?.everyMinutes ?? usualMinutes),
      },
      days,
      now,
    );
    return {
      id: tenant.id,
      name: tenant.name,
      initials: initialsOf(tenant.name),
      state: tenant.state,
      outcomes,
      good: outcomes.filter((outcome) => outcome === 'good').length,
      of: outcomes.filter((outcome) => outcome !== 'none').length,
      covered: figures?.covered ?? null,
      mailboxes: figures?.mailboxes ?? null,
      asOf: figures?.at ?? null,
      lastRunId: lastRun?.id ?? null,
    };
  });
  const rank = ({ outcomes }: CoverageRow) => dayOutcomes.indexOf(outcomes.at(-1) ?? 'good');
  rows.sort(
    (a, b) => rank(a) - rank(b) || b.of - b.good - (a.of - a.good) || a.name.localeCompare(b.name),
  );
  const troubled = days.map(
    (_, day) =>
      rows.filter(({ outcomes }) => outcomes[day] === 'late' || outcomes[day] === 'failed').length,
  );
  return { days, rows, troubled };
}
