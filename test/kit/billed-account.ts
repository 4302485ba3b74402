import type { PlanTerms } from '#lib/billing/plan.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import type { MonthClosed } from '#lib/jobs/close-month.ts';
import { daysDue } from '#lib/services/billing/days-due.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { nudgeClock } from '#lib/services/billing/nudge-clock.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { observeAccount } from '#lib/services/usage/observe-account.ts';
import { createAccount, createPlan } from './billing.ts';
import { closeByHand } from './close-month.ts';
import type { TestDatabase } from './database.ts';
import { createCustomer, createMailbox, createWorld, type World } from './msp.ts';

/** An MSP with one customer, subscribed at a Stripe on a clock of its own; the night as tests call it. */
export interface BilledAccount {
  world: World;
  accountId: string;
  planId: string;
  tenantId: string;
  addMailbox(): Promise<string>;
  /** Moves the clock; days are observed at each of its stops but the last. */
  moveTo(to: string): Promise<void>;
  /** What the night does, up to the meters. */
  day(accountId?: string): Promise<void>;
  close(period: string, accountId?: string): Promise<MonthClosed>;
}

const connectedAt = new Date('2026-10-01T00:00:00Z');

export async function createBilledAccount(
  db: TestDatabase,
  sink: BillingSink,
  of: { at?: string; mailboxes?: number; terms?: Partial<PlanTerms> } = {},
): Promise<BilledAccount> {
  const at = new Date(of.at ?? '2026-10-01T00:00:00Z');
  const world = await createWorld(db);
  const planId = await createPlan(db, world, of.terms);
  const clock = await sink.createClock({ key: world.mspId, name: world.mspId, at });
  const accountId = await createAccount(db, world, {
    planId,
    testClockId: clock.clockId,
    clockAt: at,
    state: 'none',
    stripeCustomerId: null,
    stripeSubscriptionId: null,
    startedPeriod: null,
    firstDay: null,
  });
  const { workflow } = world;
  const { customerId, catalogue } = await prepareAccount(workflow, accountId, sink);
  await sink.subscribe({ accountId, customerId, catalogue, key: accountId, testCard: true });
  await syncAccount(workflow, { accountId }, sink);
  const { tenantId } = await createCustomer(db, world, { connectedAt });
  const addMailbox = () =>
    createMailbox(db, world, tenantId, {
      discoveredAt: connectedAt,
      lastGoodAt: world.clock.now(),
      licensed: true,
    });
  for (let n = 0; n < (of.mailboxes ?? 3); n++) await addMailbox();

  const day = async (of = accountId) => {
    const account = { accountId: of };
    await syncAccount(workflow, account, sink);
    const { days, asSeenOn } = await daysDue(workflow, account);
    for (const due of days) await observeAccount(workflow, { ...account, day: due, asSeenOn });
    await ensurePrices(workflow, account, sink);
    await pushMeters(workflow, account, sink);
  };
  return {
    world,
    accountId,
    planId,
    tenantId,
    addMailbox,
    day,
    async moveTo(to) {
      for (;;) {
        const input = { accountId, to, go: true };
        const { arrived, done } = await nudgeClock(workflow, input, sink);
        if (arrived && done) return;
        if (arrived) await day();
      }
    },
    close: (period, of = accountId) => closeByHand(workflow, { accountId: of, period }, sink),
  };
}
