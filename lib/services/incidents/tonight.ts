import type { z } from 'zod';
import { isAllowed, requirePermission, type ServiceContext } from '../context.ts';
import { coverageInput } from '../coverage/input.ts';
import { type Coverage, workOutCoverage } from '../coverage/list.ts';
import { isStale } from '../figures/rules.ts';
import { loadHistories } from '../figures/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import {
  busyCustomers,
  type Gathered,
  gatherIncidents,
  groupOf,
  type NotedIncident,
  outsideTarget,
} from './gather.ts';
import { medianGap } from './store.ts';

export interface Tonight {
  at: Date;
  customers: number;
  /** Nothing to do for them. */
  quiet: number;
  needYou: NotedIncident[];
  canWait: NotedIncident[];
  asleep: NotedIncident[];
  onboarding: { id: string; name: string; covered: number | null; mailboxes: number | null }[];
  figures: {
    /** Protected mailboxes with a good copy that is not older than the target. */
    within: number;
    protected: number;
    /** Where the others are, most first. */
    outside: { id: string; name: string; count: number }[];
    /** Customers nobody has counted yet; their mailboxes are in no figure. */
    uncounted: number;
    unexplainedItems: number;
    medianGapMs: number | null;
    storedBytes: number;
    rawBytes: number;
    /** The oldest of what was added up. */
    asOf: Date | null;
    /** Customers whose figures are older than their backups should be. */
    stale: number;
    /** Of so many. */
    customers: number;
  };
  matrix: Coverage;
}

/** What needs a human first, the numbers about everything, and the last days: of one look at the fleet. */
export async function tonight(
  ctx: ServiceContext,
  input: z.input<typeof coverageInput>,
): Promise<Tonight> {
  requirePermission(ctx, 'customers.read');
  const { zone, days } = parse(coverageInput, input);
  const now = ctx.clock.now();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const [gathered, histories, medianGapMs] = await Promise.all([
      gatherIncidents(tx, ctx.mspId, now, null, isAllowed(ctx, 'billing.read')),
      loadHistories(tx, ctx.mspId),
      medianGap(tx, ctx.mspId),
    ]);
    const { incidents, rows } = gathered;
    const busy = busyCustomers(incidents);
    return {
      at: now,
      customers: rows.length,
      quiet: rows.filter(({ tenant }) => !busy.has(tenant.id)).length,
      needYou: incidents.filter((it) => groupOf(it) === 'all'),
      canWait: incidents.filter((it) => groupOf(it) === 'wait'),
      asleep: incidents.filter((it) => groupOf(it) === 'asleep'),
      onboarding: gathered.onboarding.map(({ id, name, mailboxes }) => ({
        ...{ id, name, mailboxes },
        covered: rows.find(({ tenant }) => tenant.id === id)?.figures?.covered ?? null,
      })),
      figures: { ...addUp(gathered, now), medianGapMs },
      matrix: workOutCoverage(
        gathered.rows,
        { histories, links: gathered.links },
        { now, zone, days },
      ),
    };
  });
}

function addUp(gathered: Gathered, now: Date): Omit<Tonight['figures'], 'medianGapMs'> {
  const { rows, facts } = gathered;
  const counted = rows.flatMap(({ figures }) => (figures === null ? [] : [figures]));
  const sum = (pick: (figures: (typeof counted)[number]) => number) =>
    counted.reduce((total, figures) => total + pick(figures), 0);
  const outside = outsideTarget(gathered);
  const all = sum((figures) => figures.protected);
  return {
    within: all - outside.reduce((total, { count }) => total + count, 0),
    protected: all,
    outside,
    uncounted: facts.length - counted.length,
    unexplainedItems: sum((figures) => figures.unexplainedItems),
    storedBytes: sum((figures) => figures.storedBytes),
    rawBytes: sum((figures) => figures.rawBytes),
    asOf: counted.reduce<Date | null>(
      (oldest, { at }) => (oldest === null || at < oldest ? at : oldest),
      null,
    ),
    stale: rows.filter((row) => isStale(row, now)).length,
    customers: rows.length,
  };
}
