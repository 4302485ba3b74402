import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { TenantState } from '#db/enums.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { initialsOf } from '../customers/view.ts';
import { connectionsOf, type FleetRow, loadFleet, loadHistories } from '../figures/store.ts';
import { parse } from '../input.ts';
import { isOpen } from '../runs/rules.ts';
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
  const { mspId } = ctx;
  return await withScope(ctx.db, { mspId, tenantId: null }, async (tx) => {
    const [fleet, past] = await Promise.all([loadFleet(tx, mspId), loadPast(tx, mspId)]);
    return workOutCoverage(fleet, past, { now: ctx.clock.now(), zone, days });
  });
}

/** What days are made of, beside the fleet. */
export interface FleetPast {
  histories: Awaited<ReturnType<typeof loadHistories>>;
  links: Awaited<ReturnType<typeof connectionsOf>>;
}

/** For all customers, or for one. */
export async function loadPast(
  tx: Transaction,
  mspId: string,
  tenantId: string | null = null,
): Promise<FleetPast> {
  const [histories, links] = await Promise.all([
    loadHistories(tx, mspId, tenantId),
    connectionsOf(tx, mspId, tenantId),
  ]);
  return { histories, links };
}

/** The same for a fleet that was read already. */
export function workOutCoverage(
  fleet: readonly FleetRow[],
  past: FleetPast,
  { now, zone, days: count }: { now: Date; zone: string; days: number },
): Coverage {
  const days = daysOf(zone, now, count);
  const histories = new Map(past.histories.map(({ tenantId, history }) => [tenantId, history]));
  const lost = new Map(
    past.links
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
        running: lastRun !== null && isOpen(lastRun.state),
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
  // Of one that was disconnected nothing is expected any more: it comes last.
  const rank = ({ outcomes, state }: CoverageRow) =>
    state === 'disconnected' ? dayOutcomes.length : dayOutcomes.indexOf(outcomes.at(-1) ?? 'good');
  rows.sort(
    (a, b) => rank(a) - rank(b) || b.of - b.good - (a.of - a.good) || a.name.localeCompare(b.name),
  );
  const troubled = days.map(
    (_, day) =>
      rows.filter(({ outcomes }) => outcomes[day] === 'late' || outcomes[day] === 'failed').length,
  );
  return { days, rows, troubled };
}
