import { drizzle } from 'drizzle-orm/postgres-js';
import { billingAccounts, plans, planVersions } from '#db/schema/billing.ts';
import { runMailboxes, runs } from '#db/schema/runs.ts';
import type { PlanTerms } from '#lib/billing/plan.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import type { TestDatabase } from './database.ts';
import type { World } from './msp.ts';

/** Plans, accounts and runs for tests of the ledger, written from outside. */

const flat = (unitPrice: string) => ({
  mode: 'graduated' as const,
  tiers: [{ upTo: null, unitPrice, flat: '0' }],
});

export const terms: PlanTerms = {
  currency: 'usd',
  aggregation: 'daily-average',
  prices: {
    'protected-mailboxes': flat('2.50'),
    'sealed-mailboxes': flat('0.80'),
    'stored-gib': flat('0.05'),
  },
  includedGibPerMailbox: 10,
  minimum: null,
  trialDays: 0,
  billed: [],
};

const outside = (db: TestDatabase) => drizzle(db.owner, { casing: 'snake_case' });

/** A plan of the operator's for one MSP, so that tests do not share one. */
export async function createPlan(
  db: TestDatabase,
  world: World,
  more: Partial<PlanTerms> = {},
): Promise<string> {
  const id = newId();
  const createdAt = world.clock.now();
  await outside(db)
    .insert(plans)
    .values({ id, mspId: world.mspId, kind: 'wholesale', name: 'Standard', createdAt });
  await addPlanVersion(db, world, id, { version: 1, from: '2020-01', ...more });
  return id;
}

export async function addPlanVersion(
  db: TestDatabase,
  world: World,
  planId: string,
  { version, from, ...more }: Partial<PlanTerms> & { version: number; from: string },
): Promise<void> {
  await outside(db)
    .insert(planVersions)
    .values({
      mspId: world.mspId,
      planId,
      version,
      fromPeriod: from,
      terms: { ...terms, ...more },
      createdAt: world.clock.now(),
      createdBy: 'test',
    });
}

/** The account of an MSP, or of one of its customers. */
export async function createAccount(
  db: TestDatabase,
  world: World,
  more: Partial<typeof billingAccounts.$inferInsert> = {},
): Promise<string> {
  const id = newId();
  await outside(db)
    .insert(billingAccounts)
    .values({
      mspId: world.mspId,
      id,
      state: 'active',
      stripeCustomerId: `cus_${id}`,
      stripeSubscriptionId: `sub_${id}`,
      startedPeriod: '2026-01',
      firstDay: '2026-01-01',
      createdAt: world.clock.now(),
      ...more,
    });
  return id;
}

/** A run of a customer in which these mailboxes ended, each as it says. */
export async function createRun(
  db: TestDatabase,
  world: World,
  place: { tenantId: string; policyId: string },
  at: string,
  lines: { mailboxId: string; cause?: string }[],
): Promise<string> {
  const runId = newId();
  const startedAt = new Date(at);
  const endedAt = addMs(startedAt, 20 * 60_000);
  const scope = { mspId: world.mspId, tenantId: place.tenantId };
  await outside(db)
    .insert(runs)
    .values({
      ...scope,
      id: runId,
      policyId: place.policyId,
      workflowId: runId,
      trigger: 'schedule',
      state: 'done',
      createdAt: startedAt,
      startedAt,
      endedAt,
    });
  if (lines.length > 0) {
    await outside(db)
      .insert(runMailboxes)
      .values(
        lines.map(({ mailboxId, cause }, position) => ({
          ...scope,
          runId,
          mailboxId,
          shard: 0,
          position,
          state: cause === undefined ? ('done' as const) : ('failed' as const),
          cause: cause ?? null,
          startedAt,
          endedAt,
        })),
      );
  }
  return runId;
}
