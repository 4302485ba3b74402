import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { overview } from '#lib/services/billing/overview.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { observeAccount } from '#lib/services/usage/observe-account.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { verifyMailboxDays } from '#lib/services/usage/verify-mailbox-days.ts';
import { addPlanVersion, createAccount, createPlan, createRun } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

const connectedAt = new Date('2026-10-01T09:00:00Z');

describe('looking once more at the last days', () => {
  let db: TestDatabase;
  let world: World;
  let place: { tenantId: string; policyId: string };
  let accountId: string;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());
  beforeEach(async () => {
    world = await createWorld(db);
    accountId = await createAccount(db, world, {
      planId: await createPlan(db, world),
      firstDay: '2026-10-01',
      startedPeriod: '2026-10',
    });
    place = await createCustomer(db, world, { connectedAt });
  });

  const box = (more: Parameters<typeof createMailbox>[3] = {}) =>
    createMailbox(db, world, place.tenantId, {
      discoveredAt: connectedAt,
      lastGoodAt: new Date('2026-10-20T00:00:00Z'),
      licensed: true,
      ...more,
    });
  const run = (day: string, mailboxId: string) =>
    createRun(db, world, place, `${day}T06:00:00Z`, [{ mailboxId }]);

  /** The night after a day. */
  async function night(day: string, asSeenOn: string | null = null) {
    const at = Date.parse(`${day}T00:00:00Z`) + 26 * 3_600_000;
    world.clock.advance(at - world.clock.now().getTime());
    await observeAccount(world.workflow, { accountId, day, asSeenOn });
  }

  /** Past the triggers that keep the ledger as it is. */
  const asNobodyMay = (...statements: string[]) =>
    db.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      for (const statement of statements) await tx.unsafe(statement);
    });

  const states = async (day: string) =>
    [
      ...(await db.owner`
        select version, state, reason from usage_mailbox_days
        where msp_id = ${world.mspId} and day = ${day} order by subject, version`),
    ].map(({ version, state, reason }) => `${version} ${state} ${reason ?? ''}`.trim());
  const written = async () =>
    (
      await db.owner`
        select (select count(*) from usage_mailbox_days where msp_id = ${world.mspId}) as boxes,
          (select count(*) from usage_days where msp_id = ${world.mspId} and version > 1) as again,
          (select count(*) from usage_storage_days where msp_id = ${world.mspId}) as stored`
    )[0]!;

  it('is proved although the clocks of two workers differ', async () => {
    const id = await box();
    const proof = () => verifyLedger(world.as('owner'), { accountId });
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    // The worker that seals is behind the one that observed.
    world.clock.advance(-200);
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    assert.deepEqual(await proof(), { intact: true, periods: 1, findings: [] });
    // And the one that learns of a copy afterwards is behind both.
    await run('2026-10-30', id);
    world.clock.advance(-200);
    await observeDay(world.workflow, {
      tenantId: place.tenantId,
      day: '2026-10-30',
      copiesOnly: true,
    });
    assert.deepEqual(await states('2026-10-30'), ['1 free our-fault', '2 protected']);
    const [day] = await db.owner`
      select min(observed_at) > (select max(closed_at) from usage_periods where account_id = ${accountId}) as later
      from usage_days where msp_id = ${world.mspId} and version = 2`;
    assert.equal(day!.later, true);
    assert.deepEqual(await proof(), { intact: true, periods: 1, findings: [] });
  });

  it('a copy that was told late supersedes its day, and not what was stored on it', async () => {
    const id = await box();
    for (const day of ['2026-11-17', '2026-11-18']) await night(day);
    assert.deepEqual(await states('2026-11-17'), ['1 free our-fault']);
    await run('2026-11-17', id);
    await night('2026-11-19');
    assert.deepEqual(await states('2026-11-17'), ['1 free our-fault', '2 protected']);
    assert.deepEqual(await states('2026-11-18'), ['1 free our-fault']);
    const { again, stored } = await written();
    assert.deepEqual([Number(again), Number(stored)], [1, 3]);
  });

  it('of a closed month, the difference is booked into the next one', async () => {
    const id = await box();
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    await run('2026-10-30', id);
    await night('2026-11-01');
    assert.deepEqual(await states('2026-10-30'), ['1 free our-fault', '2 protected']);
    const rows = await db.owner`
      select period, day::text, dimension, units, booked_period from usage_adjustments
      where account_id = ${accountId} and dimension = 'protected-mailboxes'`;
    assert.deepEqual(
      rows.map((row) => ({ ...row, units: Number(row.units) })),
      [
        {
          period: '2026-10',
          day: '2026-10-30',
          dimension: 'protected-mailboxes',
          units: 1,
          booked_period: '2026-11',
        },
      ],
    );
    await night('2026-11-02');
    const [{ count }] = (await db.owner`
      select count(*)::int from usage_adjustments where account_id = ${accountId}`) as unknown as [
      { count: number },
    ];
    assert.ok(count >= 1);
    assert.deepEqual(await states('2026-10-30'), ['1 free our-fault', '2 protected']);
    // The month is proved by the days it was closed with, whatever was learned since.
    const proof = () => verifyLedger(world.as('owner'), { accountId });
    assert.deepEqual(await proof(), { intact: true, periods: 1, findings: [] });
  });

  it('a correction in a currency that the next invoice is not in is told of', async () => {
    const [{ plan_id: planId } = { plan_id: '' }] = await db.owner<{ plan_id: string }[]>`
      select plan_id from billing_accounts where id = ${accountId}`;
    await addPlanVersion(db, world, planId, { version: 2, from: '2026-11', currency: 'eur' });
    const id = await box();
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    const told = async () =>
      (await overview(world.as('owner'), null)).own?.troubles
        .filter(({ kind }) => kind === 'other-currency')
        .map(({ about, needsSomebody }) => [about, needsSomebody]);
    assert.deepEqual(await told(), []);
    await run('2026-10-30', id);
    await night('2026-11-01');
    const [{ amount } = { amount: '' }] = await db.owner<{ amount: string }[]>`
      select sum(amount::numeric)::text as amount from usage_adjustments where account_id = ${accountId}`;
    assert.deepEqual(await told(), [[`${amount} USD`, true]]);
  });

  it('of a closed month that nobody was invoiced for, nothing is ever booked', async () => {
    await db.owner`update billing_accounts set state = 'none', stripe_subscription_id = null,
      started_period = null, first_day = null where id = ${accountId}`;
    const id = await box();
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    await run('2026-10-30', id);
    await night('2026-11-01');
    assert.deepEqual(await states('2026-10-30'), ['1 free our-fault', '2 protected']);
    const booked = await db.owner`select id from usage_adjustments where account_id = ${accountId}`;
    assert.equal(booked.length, 0);
    const proof = await verifyLedger(world.as('owner'), { accountId });
    assert.deepEqual(proof, { intact: true, periods: 1, findings: [] });
  });

  it('a day of a closed month that was written over is found out', async () => {
    await box();
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    await db.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update usage_days set physical_bytes = 1 where msp_id = ${world.mspId} and day = '2026-10-30'`;
    });
    const proof = await verifyLedger(world.as('owner'), { accountId });
    assert.equal(proof.intact, false);
    assert.match(proof.findings.join(' '), /days of 2026-10 in the ledger are not those/);
  });

  it('a mailbox of a closed month that was written over, added or taken out is found out', async () => {
    const late = await box();
    await box({ kind: 'room' });
    for (const day of ['2026-10-29', '2026-10-30', '2026-10-31']) await night(day);
    await run('2026-10-29', late);
    await night('2026-11-01');
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    const owner = world.as('owner');
    const proof = () => verifyMailboxDays(owner, { period: '2026-10' });
    assert.deepEqual(await proof(), { intact: true, periods: 1, findings: [] });
    assert.deepEqual((await verifyMailboxDays(owner, { period: '2026-09' })).periods, 0);
    const all = `msp_id = '${world.mspId}' and day = '2026-10-30'`;
    const room = `from usage_mailbox_days where ${all} and reason = 'room'`;
    await db.owner.unsafe(
      `create table kept_boxes as select * from usage_mailbox_days where ${all}`,
    );
    await db.owner.unsafe(`create table kept_days as select * from usage_days where ${all}`);
    for (const change of [
      `update usage_mailbox_days set state = 'sealed', reason = null where ${all} and reason = 'room'`,
      `update usage_mailbox_days set subject = 'x' where ${all} and reason = 'room'`,
      `delete ${room}`,
      `insert into usage_mailbox_days select msp_id, tenant_id, day, 'y', 1, 'protected', null, mailbox_id, run_id, observed_at ${room}`,
      `insert into usage_mailbox_days select msp_id, tenant_id, day, subject, 2, 'protected', null, mailbox_id, run_id, now() ${room}`,
      `update usage_days set protected = protected + 1 where ${all}`,
    ]) {
      await asNobodyMay(change);
      const { findings } = await proof();
      assert.deepEqual(
        findings,
        ['2026-10-30 of Contoso is not what its mailboxes come to.'],
        change,
      );
      await asNobodyMay(
        `delete from usage_mailbox_days where ${all}`,
        `delete from usage_days where ${all}`,
        'insert into usage_mailbox_days select * from kept_boxes',
        'insert into usage_days select * from kept_days',
      );
    }
    assert.equal((await proof()).intact, true);
  });

  it('a licence, a pause or an exclusion of today changes no day before it', async () => {
    const shared = await box({ kind: 'shared', licensed: false });
    const user = await box();
    const failed = await box();
    for (const day of ['2026-11-17', '2026-11-18']) {
      await run(day, shared);
      await run(day, user);
      await night(day);
    }
    const before = [await states('2026-11-17'), await states('2026-11-18')];
    await db.owner`update mailboxes set licensed = true where id = ${shared}`;
    await db.owner`update mailboxes set state = 'excluded' where id = ${user}`;
    await db.owner`update mailboxes set state = 'excluded' where id = ${failed}`;
    await db.owner`update policies set paused = true where id = ${place.policyId}`;
    await night('2026-11-19');
    assert.deepEqual([await states('2026-11-17'), await states('2026-11-18')], before);
    assert.equal(Number((await written()).again), 0);
  });

  it('three days back and no further, and the same night twice writes nothing', async () => {
    const id = await box();
    for (const day of ['2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18']) await night(day);
    await run('2026-11-15', id);
    await run('2026-11-16', id);
    await night('2026-11-19');
    assert.deepEqual(await states('2026-11-15'), ['1 free our-fault']);
    assert.deepEqual(await states('2026-11-16'), ['1 free our-fault', '2 protected']);
    const before = await written();
    await night('2026-11-19');
    assert.deepEqual(await written(), before);
  });

  it('on a test clock every day is the world of today: none is looked at again', async () => {
    const id = await box();
    await db.owner`
      update billing_accounts set test_clock_id = 'clock', clock_at = '2026-11-19T02:00:00Z'
      where id = ${accountId}`;
    for (const day of ['2026-11-17', '2026-11-18']) await night(day, '2026-11-25');
    const before = await states('2026-11-17');
    await run('2026-11-17', id);
    await run('2026-11-25', id);
    await night('2026-11-19', '2026-11-25');
    assert.deepEqual(await states('2026-11-17'), before);
  });
});
