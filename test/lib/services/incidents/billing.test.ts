import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addMs } from '#lib/core/clock.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { pageOfIncidents } from '#lib/services/incidents/page.ts';
import { fenced } from '#lib/services/reach.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { createAccount, createPlan, createRun } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

describe('incidents of billing', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const kinds = async (ctx: ServiceContext) => {
    const [all, wait] = await Promise.all([
      pageOfIncidents(ctx, { group: 'all' }),
      pageOfIncidents(ctx, { group: 'wait' }),
    ]);
    const ofBilling = [...all.incidents, ...wait.incidents].filter(({ kind }) =>
      /^(bill|payment|meter)/.test(kind),
    );
    return ofBilling.map(({ kind, mailboxes, customers }) => [
      kind,
      mailboxes,
      customers.map(({ name }) => name),
    ]);
  };

  async function createTroubled(): Promise<{ world: World; tenantId: string }> {
    const world = await createWorld(db);
    const now = world.clock.now();
    const accountId = await createAccount(db, world, {
      planId: await createPlan(db, world),
      state: 'past-due',
      paymentFailedAt: now,
      graceUntil: addMs(now, 14 * 86_400_000),
    });
    await db.owner`insert into billing_closings (msp_id, account_id, period, state, step, started_at, held_since, changed_at)
      values (${world.mspId}, ${accountId}, '2026-10', 'held', 'held', now(), now(), now())`;
    for (const [dimension, state, code, hours] of [
      ['protected-mailboxes', 'refused', 'archived_meter', 1],
      ['stored-gib', 'waiting', null, 27],
      ['sealed-mailboxes', 'waiting', null, 25],
    ] as const) {
      await db.owner`insert into meter_events (msp_id, account_id, identifier, period, day, dimension, revision, value, at, created_at, state, code)
        values (${world.mspId}, ${accountId}, ${`${accountId}-${dimension}`}, '2026-11', '2026-11-21', ${dimension}, 0, 1, now(),
          ${addMs(now, -hours * 3_600_000).toISOString()}, ${state}, ${code})`;
    }
    const place = await createCustomer(db, world, { connectedAt: addMs(now, -30 * 86_400_000) });
    const old = await createMailbox(db, world, place.tenantId, {
      discoveredAt: addMs(now, -20 * 86_400_000),
      lastGoodAt: now,
      lastOutcome: 'done',
    });
    await createRun(db, world, place, '2026-11-21T06:00:00Z', [{ mailboxId: old }]);
    await observeDay(world.workflow, { tenantId: place.tenantId, day: '2026-11-21' });
    await createMailbox(db, world, place.tenantId, { lastGoodAt: now, lastOutcome: 'done' });
    await createMailbox(db, world, place.tenantId, {
      lastGoodAt: now,
      lastOutcome: 'done',
      kind: 'room',
    });
    return { world, tenantId: place.tenantId };
  }

  it('what needs somebody, what waits, and a bill that is about to grow', async () => {
    const { world } = await createTroubled();
    assert.deepEqual(await kinds(world.as('owner')), [
      ['billing-held', 0, []],
      ['payment-failed', 0, []],
      ['meter-refused', 0, []],
      ['meter-late', 0, []],
      ['bill-grows', 1, ['Contoso']],
    ]);
  });

  it('a bill that grows is told of for a day, also by what is found just before midnight', async () => {
    const { world } = await createTroubled();
    const growing = async () =>
      (await pageOfIncidents(world.as('owner'), { group: 'wait' })).incidents
        .filter(({ kind }) => kind === 'bill-grows')
        .map(({ cause, mailboxes }) => [cause, mailboxes]);
    const before = await growing();
    assert.equal(before.length, 1);
    // On the next day it is the same incident still, so that what staff said to it stands.
    world.clock.advance(23 * 3_600_000);
    assert.deepEqual(await growing(), before);
    world.clock.advance(2 * 3_600_000);
    assert.deepEqual(await growing(), []);
  });

  it('are nobody’s who may not see billing, and of an account no one’s who is assigned to some', async () => {
    const { world, tenantId } = await createTroubled();
    assert.deepEqual(await kinds(world.as('technician')), []);
    const billing = world.as('billing');
    const reach = { customers: [tenantId], mailboxes: 'all' as const };
    const assigned = {
      ...billing,
      db: fenced(billing.db, reach),
      actor: { ...billing.actor, reach } as ServiceContext['actor'],
    };
    assert.deepEqual(await kinds(assigned), [['bill-grows', 1, ['Contoso']]]);
  });
});
