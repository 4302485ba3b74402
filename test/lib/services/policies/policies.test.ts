import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { tonight } from '#lib/services/incidents/tonight.ts';
import { getPolicy } from '#lib/services/policies/get.ts';
import { intervals } from '#lib/services/policies/input.ts';
import { setPolicy } from '#lib/services/policies/set.ts';
import { fenced } from '#lib/services/reach.ts';
import { beginRun } from '#lib/services/runs/begin-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('how often a customer is backed up', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const log = (tenantId: string) => db.owner<{ facts: unknown }[]>`
    select facts from audit_events where tenant_id = ${tenantId} and action = 'policy.change' order by seq`;

  it('is what an admin says, in the catalogue, in the schedule and in the log', async () => {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const stamp = async () => (await stampFleet(world.as('owner'))).stamp;
    const seen = await stamp();
    const saved = await setPolicy(world.as('owner'), { tenantId, everyMinutes: 60, paused: true });
    assert.deepEqual(saved, { id: policyId, name: 'Standard', everyMinutes: 60, paused: true });
    assert.deepEqual(await getPolicy(world.as('auditor'), { tenantId }), saved);
    assert.deepEqual((await getCustomer(world.as('auditor'), { tenantId })).policy, saved);
    assert.notEqual(await stamp(), seen);
    assert.deepEqual(world.jobs.asked, [
      {
        name: 'ensureSchedule',
        input: { mspId: world.mspId, tenantId, policyId, everyMinutes: 60, paused: true },
      },
    ]);
    const [entry, ...others] = await log(tenantId);
    assert.deepEqual(others, []);
    assert.deepEqual(entry!.facts, {
      everyMinutes: 60,
      paused: true,
      everyMinutesBefore: 360,
      pausedBefore: false,
    });
  });

  it('paused begins no run, and what grows old then is no alarm', async () => {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const lastGoodAt = world.clock.now();
    await createMailbox(db, world, tenantId, { lastGoodAt, lastOutcome: 'done' });
    await keepFigures(world.workflow, { tenantId });
    await setPolicy(world.as('owner'), { tenantId, everyMinutes: 360, paused: true });
    const job = { mspId: world.mspId, tenantId, policyId, trigger: 'schedule' as const };
    const begin = () => beginRun(world.workflow, job, { workflowId: 'w', runId: newId() });
    assert.equal(await begin(), null);
    world.clock.advance(20 * 3_600_000);
    const kinds = async () => {
      const { needYou, canWait } = await tonight(world.as('owner'), { zone: 'UTC', days: 7 });
      return [...needYou, ...canWait].map(({ kind }) => kind).sort();
    };
    assert.deepEqual(await kinds(), ['paused', 'restore-not-approved']);
    await setPolicy(world.as('owner'), { tenantId, everyMinutes: 360, paused: false });
    assert.deepEqual(await kinds(), ['late', 'restore-not-approved']);
    await setPolicy(world.as('owner'), { tenantId, everyMinutes: 1440, paused: false });
    assert.deepEqual(await kinds(), ['restore-not-approved']);
    assert.ok(await begin());
    assert.ok(addMs(lastGoodAt, 1) < world.clock.now());
  });

  it('is told to the schedule again by the same act where the schedule did not answer', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    world.jobs.on('ensureSchedule', async () => {
      throw new Error('no answer');
    });
    const change = { tenantId, everyMinutes: 120, paused: false } as const;
    await assert.rejects(setPolicy(world.as('owner'), change), {
      code: 'internal',
      message: /^The change is kept, but the schedule could not be told/,
    });
    assert.equal((await getPolicy(world.as('owner'), { tenantId }))?.everyMinutes, 120);
    world.jobs.on('ensureSchedule', async () => {});
    await setPolicy(world.as('owner'), change);
    assert.equal(world.jobs.asked.length, 2);
    assert.equal((await log(tenantId)).length, 1);
  });

  it('is nobody else’s to say: roles, reach, other providers, and what is no interval', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const sibling = await createCustomer(db, world, { name: 'Fabrikam' });
    const other = await createWorld(db, 'Other IT');
    const change = { tenantId, everyMinutes: 60, paused: false } as const;
    for (const role of ['technician', 'billing', 'auditor', 'administrator'] as const)
      await assert.rejects(setPolicy(world.as(role), change), { code: 'forbidden' });
    await assert.rejects(setPolicy(other.as('owner'), change), { code: 'not-found' });
    const ctx = world.as('admin');
    const reach = { customers: [sibling.tenantId], mailboxes: 'all' as const };
    const assigned = {
      ...ctx,
      actor: { ...ctx.actor, reach } as never,
      db: fenced(ctx.db, reach),
    };
    await assert.rejects(setPolicy(assigned, change), { code: 'not-found' });
    await assert.rejects(getPolicy(assigned, { tenantId }), { code: 'not-found' });
    for (const everyMinutes of [0, -60, 59, 1, 61, 1e9, Number.NaN, '60', null])
      await assert.rejects(
        setPolicy(world.as('owner'), { ...change, everyMinutes: everyMinutes as never }),
        { code: 'input.invalid', message: /^Choose how often/ },
      );
    assert.equal((await getPolicy(world.as('owner'), { tenantId }))?.everyMinutes, 360);
    assert.deepEqual([world.jobs.asked, other.jobs.asked], [[], []]);
    assert.ok((intervals as readonly number[]).includes(360));
  });

  it('is said once there is a policy: before the connection there is none', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world, { state: 'connecting' });
    await db.owner`delete from policies where tenant_id = ${tenantId}`;
    assert.equal(await getPolicy(world.as('owner'), { tenantId }), null);
    await assert.rejects(
      setPolicy(world.as('owner'), { tenantId, everyMinutes: 60, paused: false }),
      { code: 'conflict', message: /is not connected yet/ },
    );
  });
});
