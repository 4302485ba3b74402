import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { addPlanVersion, createAccount, createPlan, createRun } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

const connectedAt = new Date('2026-10-01T09:00:00Z');
const day = '2026-11-20';

describe('observing a day', () => {
  let db: TestDatabase;
  let world: World;
  let place: { tenantId: string; policyId: string };
  let accountId: string;
  let planId: string;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());
  beforeEach(async () => {
    world = await createWorld(db);
    planId = await createPlan(db, world);
    accountId = await createAccount(db, world, { planId });
    place = await createCustomer(db, world, { connectedAt });
  });

  const observe = (on = day, tenantId = place.tenantId) =>
    observeDay(world.workflow, { tenantId, day: on });

  const protectedBox = (more: Parameters<typeof createMailbox>[3] = {}) =>
    createMailbox(db, world, place.tenantId, {
      discoveredAt: connectedAt,
      lastGoodAt: new Date('2026-11-20T06:00:00Z'),
      licensed: true,
      ...more,
    });

  const ledger = async () =>
    [
      ...(await db.owner`
        select day::text, subject, version, state, reason from usage_mailbox_days
        where msp_id = ${world.mspId} order by day, subject, version`),
    ].map((row) => ({ ...row }));
  const outbox = async () =>
    [
      ...(await db.owner`
        select day::text, dimension, revision, value, state from meter_events
        where account_id = ${accountId} order by at, dimension`),
    ].map((row) => ({ ...row }));

  it('writes one row a mailbox, the counts, and what has accrued, in one go', async () => {
    const exchangeId = `MBX:ABCDEF01-0000-4000-8000-000000000001@${newId()}`;
    const adele = await protectedBox({ exchangeId });
    await protectedBox({ kind: 'room' });
    await protectedBox({ kind: 'shared', licensed: false });
    await protectedBox({ kind: 'shared', licensed: null });
    await protectedBox({ state: 'sealed', sealedAt: new Date('2026-11-01T10:00:00Z') });
    await protectedBox({ state: 'discovered', lastGoodAt: null });
    await protectedBox({ state: 'excluded', lastGoodAt: null });
    await protectedBox({ discoveredAt: new Date('2026-11-21T00:00:00Z') });
    await createRun(db, world, place, '2026-11-20T06:00:00Z', [{ mailboxId: adele }]);
    const seen = await observe();
    assert.deepEqual(
      { ...seen, added: 0 },
      { day, added: 0, protected: 2, sealed: 1, free: 2, complete: true },
    );
    const rows = await ledger();
    assert.equal(rows.length, 5);
    assert.ok(rows.some((row) => row.subject === 'abcdef01-0000-4000-8000-000000000001'));
    const [counts] = await db.owner`
      select reasons, length(input_hash) as hash from usage_days where tenant_id = ${place.tenantId}`;
    assert.deepEqual({ ...counts }, { reasons: { room: 1, 'shared-unlicensed': 1 }, hash: 32 });
    assert.deepEqual(await outbox(), [
      // Two mailboxes on one of thirty days are 0.07, which rounds to none.
      { day, dimension: 'protected-mailboxes', revision: 0, value: 0, state: 'waiting' },
      { day, dimension: 'sealed-mailboxes', revision: 0, value: 0, state: 'waiting' },
      { day, dimension: 'stored-gib', revision: 0, value: 0, state: 'waiting' },
    ]);
  });

  it('the same facts twice write nothing, also from two sides at once', async () => {
    await protectedBox();
    await Promise.all([observe(), observe(), observe()]);
    const before = [await ledger(), await outbox()];
    assert.equal(before[0]!.length, 1);
    const again = await observe();
    assert.deepEqual([again.added, again.protected], [0, 1]);
    assert.deepEqual([await ledger(), await outbox()], before);
  });

  it('other facts supersede, and the meter is told of the newest day once more', async () => {
    const box = await protectedBox({ lastGoodAt: new Date('2026-11-10T00:00:00Z') });
    for (const on of ['2026-11-18', '2026-11-19', day]) await observe(on);
    // Nothing ran, which is our own fault.
    assert.deepEqual(
      (await ledger()).map(({ state, reason }) => [state, reason]),
      Array.from({ length: 3 }, () => ['free', 'our-fault']),
    );
    await createRun(db, world, place, '2026-11-18T06:00:00Z', [{ mailboxId: box }]);
    const seen = await observe('2026-11-18');
    assert.equal(seen.added, 1);
    assert.deepEqual(
      (await ledger())
        .filter((row) => row.day === '2026-11-18')
        .map((row) => [row.version, row.state]),
      [
        [1, 'free'],
        [2, 'protected'],
      ],
    );
    const versions = await db.owner`
      select version, protected, free from usage_days
      where tenant_id = ${place.tenantId} and day = '2026-11-18' order by version`;
    assert.deepEqual(
      versions.map((row) => ({ ...row })),
      [
        { version: 1, protected: 0, free: 1 },
        { version: 2, protected: 1, free: 0 },
      ],
    );
  });

  it('a failure on the customer’s side is billed, one of ours is not', async () => {
    const old = { lastGoodAt: new Date('2026-11-10T00:00:00Z') };
    const [theirs, ours] = [await protectedBox(old), await protectedBox(old)];
    await createRun(db, world, place, '2026-11-20T06:00:00Z', [
      { mailboxId: theirs, cause: 'source.refused' },
      { mailboxId: ours, cause: 'vault.unavailable' },
    ]);
    const seen = await observe();
    assert.deepEqual([seen.protected, seen.free], [1, 1]);
  });

  it('the day of sealing is billed once, as protected; the next as sealed', async () => {
    await protectedBox({
      state: 'sealed',
      sealedAt: new Date('2026-11-20T13:00:00Z'),
      lastGoodAt: new Date('2026-11-20T06:00:00Z'),
    });
    assert.deepEqual([(await observe()).protected, (await observe('2026-11-21')).sealed], [1, 1]);
  });

  it('what was erased, or whose customer is gone, stays in the ledger', async () => {
    const box = await protectedBox();
    await observe();
    await db.owner`update mailboxes set state = 'erased' where id = ${box}`;
    await db.owner`update tenants set state = 'disconnected' where id = ${place.tenantId}`;
    const seen = await observe();
    assert.deepEqual([seen.added, seen.protected], [0, 1]);
    assert.equal((await ledger()).length, 1);
    const next = await observe('2026-11-21');
    assert.deepEqual([next.protected, next.sealed, next.free, next.complete], [0, 0, 0, true]);
  });

  it('accrues when the last customer of the account is in, and not before', async () => {
    await protectedBox();
    const other = await createCustomer(db, world, { connectedAt });
    assert.equal((await observe()).complete, false);
    assert.deepEqual(await outbox(), []);
    assert.equal((await observe(day, other.tenantId)).complete, true);
    assert.equal((await outbox()).length, 3);
  });

  it('a value that was not sent yet gives way to a newer one', async () => {
    await protectedBox();
    await observe('2026-11-19');
    await observe(day);
    assert.deepEqual(
      (await outbox()).map((row) => [row.day, row.state]),
      [
        ...Array.from({ length: 3 }, () => ['2026-11-19', 'superseded']),
        ...Array.from({ length: 3 }, () => [day, 'waiting']),
      ],
    );
  });

  it('prices that change in mid-month hold from the next one on', async () => {
    await addPlanVersion(db, world, planId, {
      version: 2,
      from: '2026-12',
      prices: {
        'protected-mailboxes': {
          mode: 'graduated',
          tiers: [{ upTo: null, unitPrice: '9', flat: '0' }],
        },
      },
    });
    await protectedBox();
    await observe();
    assert.equal((await outbox()).length, 3);
    await observe('2026-12-01');
    assert.deepEqual(
      (await outbox()).filter((row) => row.day === '2026-12-01').map((row) => row.dimension),
      ['protected-mailboxes'],
    );
  });

  it('without a plan, or before anybody subscribed, the ledger is kept all the same', async () => {
    const bare = await createWorld(db);
    const customer = await createCustomer(db, bare, { connectedAt });
    await createMailbox(db, bare, customer.tenantId, {
      discoveredAt: connectedAt,
      lastGoodAt: new Date('2026-11-19T22:00:00Z'),
    });
    const alone = await observeDay(bare.workflow, { tenantId: customer.tenantId, day });
    assert.deepEqual([alone.added, alone.complete], [1, false]);
    await createAccount(db, bare, { stripeSubscriptionId: null, firstDay: null });
    const seen = await observeDay(bare.workflow, {
      tenantId: customer.tenantId,
      day: '2026-11-21',
    });
    assert.deepEqual([seen.added, seen.complete], [1, true]);
  });

  it('days of a trial cost nothing, and are in the ledger', async () => {
    await addPlanVersion(db, world, planId, { version: 2, from: '2026-10', trialDays: 51 });
    const box = await protectedBox();
    await createRun(db, world, place, '2026-11-21T06:00:00Z', [{ mailboxId: box }]);
    const last = await observe();
    const first = await observe('2026-11-21');
    assert.deepEqual([last.free, first.protected], [1, 1]);
  });

  it('another MSP’s workflow finds no such customer, and a role without the right is refused', async () => {
    const stranger = await createWorld(db);
    await assert.rejects(observeDay(stranger.workflow, { tenantId: place.tenantId, day }), {
      code: 'not-found',
    });
    await assert.rejects(observeDay(world.as('auditor'), { tenantId: place.tenantId, day }), {
      code: 'forbidden',
    });
    assert.deepEqual(await ledger(), []);
  });
});
