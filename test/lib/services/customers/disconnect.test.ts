import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { BackupJobInput, ConnectInput } from '#lib/jobs/contract.ts';
import { priceOfLeaving } from '#lib/services/billing/price-of-leaving.ts';
import { proveConnection } from '#lib/services/connect/prove.ts';
import { listCoverage } from '#lib/services/coverage/list.ts';
import { disconnectCustomer } from '#lib/services/customers/disconnect.ts';
import { discoverMailboxes } from '#lib/services/customers/discover-mailboxes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { tonight } from '#lib/services/incidents/tonight.ts';
import { listLeavers } from '#lib/services/leavers/list.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { setPolicy } from '#lib/services/policies/set.ts';
import { fenced } from '#lib/services/reach.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { beginRun } from '#lib/services/runs/begin-run.ts';
import { finalizeJob } from '#lib/services/runs/finalize-job.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { createAccount, createPlan } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';
import { createSession, sessionsOf } from '#test/kit/people.ts';
import { createTestProbe, directoryMailbox } from '#test/kit/probe.ts';
import { comeBack, continueToMicrosoft, createAdministrator } from '../connect/approval.ts';

const reason = 'Contract ended';

describe('a customer that leaves', () => {
  let db: TestDatabase;
  let world: World;
  let place: Awaited<ReturnType<typeof createCustomer>>;
  before(async () => {
    db = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await createWorld(db);
    place = await createCustomer(db, world);
  });
  after(() => db.close());

  const leave = (ctx = world.as('admin'), input: object = { tenantId: place.tenantId, reason }) =>
    disconnectCustomer(ctx, input as never);
  const box = (more: object = {}) =>
    createMailbox(db, world, place.tenantId, {
      lastGoodAt: world.clock.now(),
      lastOutcome: 'done',
      ...more,
    });
  const boxes = async () =>
    (
      await db.owner<{ state: string; sealed_cause: string | null }[]>`
        select state, sealed_cause from mailboxes where tenant_id = ${place.tenantId} order by state, sealed_cause`
    ).map(({ state, sealed_cause: cause }) => [state, cause]);
  const state = async () =>
    (await getCustomer(world.as('owner'), { tenantId: place.tenantId })).state;
  const log = (action: string) => db.owner<{ facts: Record<string, unknown> }[]>`
    select facts from audit_events where tenant_id = ${place.tenantId} and action = ${action} order by seq`;
  const schedules = () =>
    world.jobs.asked.flatMap(({ name, input }) =>
      name === 'ensureSchedule' ? [(input as { paused: boolean }).paused] : [],
    );
  const cancels = () => world.jobs.asked.filter(({ name }) => name === 'cancelBackup').length;
  const job = (): BackupJobInput => ({
    mspId: world.mspId,
    tenantId: place.tenantId,
    policyId: place.policyId,
    trigger: 'schedule',
  });
  const begin = () => beginRun(world.workflow, job(), { workflowId: 'w', runId: newId() });

  it('is disconnected in the catalogue, in its schedule, in its run and in the log', async () => {
    await box();
    await box();
    await box({ state: 'excluded' });
    await box({ state: 'sealed', sealedAt: world.clock.now(), sealedCause: 'user-gone' });
    await startRun(world.as('technician'), { tenantId: place.tenantId });
    await leave();
    assert.equal(await state(), 'disconnected');
    assert.deepEqual(
      await boxes(),
      [
        ['excluded', null],
        ['sealed', 'disconnected'],
        ['sealed', 'user-gone'],
        ['sealed', 'disconnected'],
      ].sort(),
    );
    assert.deepEqual([schedules(), cancels()], [[true], 1]);
    const [entry, ...others] = await log('customer.disconnect');
    assert.deepEqual([others, entry!.facts], [[], { name: 'Contoso', reason, mailboxes: 2 }]);
    assert.equal((await log('run.cancel')).length, 1);
    await assert.rejects(startRun(world.as('owner'), { tenantId: place.tenantId }), {
      code: 'consent.missing',
      message: /^Contoso was disconnected/,
    });
  });

  it('done twice is done once, and told twice', async () => {
    await box();
    await startRun(world.as('technician'), { tenantId: place.tenantId });
    await leave();
    await leave(world.as('owner'), { tenantId: place.tenantId, reason: 'Another' });
    assert.deepEqual([schedules(), cancels()], [[true, true], 2]);
    assert.equal((await log('customer.disconnect')).length, 1);
    assert.equal((await log('run.cancel')).length, 1);
  });

  it('stays disconnected where Temporal does not answer, and the schedule stops itself', async () => {
    await box();
    world.jobs.on('ensureSchedule', async () => {
      throw new Error('no answer');
    });
    await leave();
    assert.equal(await state(), 'disconnected');
    world.jobs.on('ensureSchedule', async () => {});
    world.jobs.asked.length = 0;
    assert.equal(await begin(), null);
    assert.deepEqual(schedules(), [true]);
    await setPolicy(world.as('owner'), {
      ...{ tenantId: place.tenantId, everyMinutes: 60, paused: false },
    });
    assert.deepEqual(schedules(), [true, true]);
  });

  it('the schedule of one that came back meanwhile is not left paused', async () => {
    let told = 0;
    world.jobs.on('ensureSchedule', async () => {
      if (told++ > 0) return;
      await db.owner`update tenants set state = 'connected' where id = ${place.tenantId}`;
    });
    await leave();
    assert.deepEqual(schedules(), [true, false]);
  });

  it('a run that was listing mailboxes unseals none', async () => {
    const entraUserId = newId();
    await box({ entraUserId });
    const probe = createTestProbe();
    probe.mailboxes = async function* () {
      await leave();
      yield directoryMailbox({ entraUserId });
    };
    await assert.rejects(discoverMailboxes(world.workflow, { tenantId: place.tenantId }, probe), {
      code: 'consent.missing',
      message: /was disconnected/,
    });
    assert.deepEqual(await boxes(), [['sealed', 'disconnected']]);
  });

  it('a run that is begun all the same asks Microsoft nothing', async () => {
    await box();
    await leave();
    const probe = createTestProbe();
    let asked = 0;
    probe.mailboxes = async function* () {
      asked++;
      yield directoryMailbox();
    };
    await assert.rejects(discoverMailboxes(world.workflow, { tenantId: place.tenantId }, probe), {
      code: 'consent.missing',
    });
    assert.equal(asked, 0);
  });

  it('is billed as protected on the day, and as sealed from the next', async () => {
    await box();
    await box({ lastGoodAt: null, lastOutcome: null });
    await leave();
    const on = async (day: string) => {
      const seen = await observeDay(world.workflow, { tenantId: place.tenantId, day });
      return [seen.protected, seen.sealed, seen.free];
    };
    assert.deepEqual(await on('2026-11-22'), [1, 0, 0]);
    assert.deepEqual(await on('2026-11-23'), [0, 1, 0]);
    assert.deepEqual(await on('2026-12-24'), [0, 1, 0]);
  });

  it('a run that it stopped was cancelled, whoever noticed first', async () => {
    const { runId } = await startRun(world.as('technician'), { tenantId: place.tenantId });
    await leave();
    await finalizeJob(world.workflow, {
      ...{ tenantId: place.tenantId, runId, cancelled: false },
      failure: 'Contoso was disconnected.',
    });
    const run = await getRun(world.as('owner'), { tenantId: place.tenantId, runId });
    assert.equal(run.state, 'cancelled');
  });

  it('what its mailboxes cost from then on is known where prices have no steps', async () => {
    const ask = () => priceOfLeaving(world.as('owner'), { tenantId: place.tenantId });
    assert.equal(await ask(), null);
    const one = (unitPrice: string) => ({
      mode: 'graduated' as const,
      tiers: [{ upTo: null, unitPrice, flat: '0' }],
    });
    const planId = await createPlan(db, world, {
      prices: { 'protected-mailboxes': one('2.50'), 'sealed-mailboxes': one('0.50') },
    });
    await createAccount(db, world, { planId });
    assert.deepEqual(await ask(), { currency: 'usd', protected: '2.50', sealed: '0.50' });
    await assert.rejects(priceOfLeaving(world.as('admin'), { tenantId: place.tenantId }), {
      code: 'forbidden',
    });
  });

  it('is nothing that Tonight asks somebody to do', async () => {
    await box();
    await keepFigures(world.workflow, { tenantId: place.tenantId });
    await leave();
    world.clock.advance(3 * 24 * 3_600_000);
    const { needYou, canWait, quiet, figures } = await tonight(world.as('owner'), {
      zone: 'UTC',
      days: 7,
    });
    assert.deepEqual([needYou, canWait, quiet], [[], [], 1]);
    assert.deepEqual([figures.protected, figures.within, figures.stale], [0, 0, 0]);
    const { rows } = await listCoverage(world.as('owner'), { zone: 'UTC', days: 7 });
    assert.equal(rows[0]!.outcomes.at(-1), 'none');
    const { leavers } = await listLeavers(world.as('owner'), { tenantId: place.tenantId });
    assert.deepEqual(
      leavers.map(({ cause }) => cause),
      ['disconnected'],
    );
  });

  it('can be read and not be written to, also while the restore app is still approved', async () => {
    const mailboxId = await box();
    await fillMailbox(db, world, { tenantId: place.tenantId, mailboxId }, 1, [
      { key: 'a', fromSeq: 1 },
    ]);
    await db.owner`insert into connections (msp_id, tenant_id, id, app, state, created_at)
      values (${world.mspId}, ${place.tenantId}, ${newId()}, 'restore', 'connected', now())`;
    const wish = {
      ...{ tenantId: place.tenantId, mailboxId, sequence: 1 },
      selection: { kind: 'mailbox' as const },
      destination: { kind: 'original' as const },
      collisions: 'skip' as const,
    };
    await planRestore(world.as('technician'), wish);
    await leave();
    await assert.rejects(planRestore(world.as('technician'), wish), {
      code: 'consent.missing',
      message: /^Contoso was disconnected, so nothing can be written there/,
    });
  });

  it('does not wait in a ring with an administrator who is on the way to Microsoft', async () => {
    const admin = createAdministrator();
    for (let round = 0; round < 16; round++) {
      const other = await createCustomer(db, world, { entraTid: newId(), selfService: 'everyone' });
      const { linkUrlToken } = await newConnectLink(world.as('owner'), {
        tenantId: other.tenantId,
      });
      const [left, sent] = await Promise.allSettled([
        leave(world.as('admin'), { tenantId: other.tenantId, reason }),
        continueToMicrosoft(world, admin, linkUrlToken),
      ]);
      assert.equal(left.status, 'fulfilled');
      if (sent.status === 'rejected') assert.equal(sent.reason.code, 'consent.refused');
    }
  });

  it('its people are signed out, and its door is closed', async () => {
    const account = newId();
    await box({ entraUserId: account });
    const subject = `${place.entraTid}.${account}`;
    await db.owner`update tenants set self_service = 'everyone' where id = ${place.tenantId}`;
    await db.owner`insert into self_service_doors (msp_id, tenant_id, entra_tid)
      values (${world.mspId}, ${place.tenantId}, ${place.entraTid})`;
    await db.owner`insert into customer_people (msp_id, tenant_id, subject, name, role, by_door, enrolled_at)
      values (${world.mspId}, ${place.tenantId}, ${subject}, 'Adele Vance', 'mailbox-owner', true, now())`;
    await createSession(db, subject);
    assert.equal((await findPlace(db.user, subject))?.kind, 'customer');
    await leave();
    assert.deepEqual([await findPlace(db.user, subject), await sessionsOf(db, subject)], [null, 0]);
    const [entry] = await log('self-service.set');
    assert.deepEqual([entry!.facts.before, entry!.facts.mode], ['everyone', 'off']);
  });

  it('comes back with a new link, and its mailboxes are protected again; an older link is dead', async () => {
    const admin = createAdministrator();
    await db.owner`update tenants set entra_tid = ${admin.tid} where id = ${place.tenantId}`;
    const [there, gone, archived, erased] = [newId(), newId(), newId(), newId()];
    await box({ entraUserId: there });
    await box({ entraUserId: there, kind: 'archive', displayName: 'Archive' });
    await box({ entraUserId: gone });
    await box({ entraUserId: archived, state: 'sealed', sealedAt: world.clock.now() });
    // What is not sealed because the customer left stays as it is, also where its user is listed.
    const since = { sealedAt: world.clock.now() };
    await box({
      entraUserId: archived,
      kind: 'archive',
      state: 'sealed',
      sealedCause: 'user-gone',
      ...since,
    });
    await box({
      entraUserId: erased,
      kind: 'archive',
      state: 'erased',
      sealedCause: 'disconnected',
      ...since,
    });
    const owner = world.as('owner');
    const ask = () => newConnectLink(owner, { tenantId: place.tenantId, apps: ['backup'] });
    const before = await ask();
    const state1 = await continueToMicrosoft(world, admin, before.linkUrlToken);
    assert.equal((await comeBack(world, admin, state1)).refusal, null);
    const check = () =>
      world.jobs.asked.findLast(({ name }) => name === 'startConnect')!.input as ConnectInput;
    const early = check();
    await leave();
    const listed = [there, archived, erased];
    const probe = createTestProbe(listed.map((entraUserId) => directoryMailbox({ entraUserId })));
    assert.deepEqual(await proveConnection(world.workflow, early, probe), { state: 'refused' });
    assert.equal(await state(), 'disconnected');
    await assert.rejects(continueToMicrosoft(world, admin, before.linkUrlToken));

    const link = await newConnectLink(owner, { tenantId: place.tenantId, apps: ['restore'] });
    const state2 = await continueToMicrosoft(world, admin, link.linkUrlToken);
    assert.equal((await comeBack(world, admin, state2)).refusal, null);
    // Nobody may read "connected" beside mailboxes that are still sealed, also where new ones cannot be
    // written down.
    probe.answers.mailboxes.push(directoryMailbox({ kind: 'not a kind' as never }));
    assert.deepEqual(await proveConnection(world.workflow, check(), probe), { state: 'connected' });
    assert.equal(await state(), 'connected');
    assert.deepEqual(await boxes(), [
      ['protected', null],
      ['protected', null],
      ['sealed', 'disconnected'],
      ['sealed', 'user-gone'],
      ['sealed', null],
      ['erased', 'disconnected'],
    ]);
    const [entry] = await log('connect.connect');
    assert.equal(entry?.facts.mailboxes, 2);
    assert.equal(schedules().at(-1), false);
    assert.ok(await begin());
  });

  it('an approval that is being checked while the customer is disconnected connects nobody', async () => {
    const admin = createAdministrator();
    await db.owner`update tenants set entra_tid = ${admin.tid} where id = ${place.tenantId}`;
    const link = await newConnectLink(world.as('owner'), { tenantId: place.tenantId });
    const sent = await continueToMicrosoft(world, admin, link.linkUrlToken);
    await comeBack(world, admin, sent);
    const { input } = world.jobs.asked.findLast(({ name }) => name === 'startConnect')!;
    const probe = createTestProbe([directoryMailbox()]);
    const { mailboxes } = probe;
    probe.mailboxes = (tid: string) => {
      const found = mailboxes(tid);
      return (async function* () {
        await leave();
        yield* found;
      })();
    };
    assert.deepEqual(await proveConnection(world.workflow, input as ConnectInput, probe), {
      state: 'refused',
    });
    assert.equal(await state(), 'disconnected');
  });

  it('is nobody else’s to say: roles, reach, other providers, no reason, never connected', async () => {
    await box();
    const sibling = await createCustomer(db, world, { name: 'Fabrikam' });
    const other = await createWorld(db, 'Other IT');
    for (const role of ['technician', 'billing', 'auditor', 'administrator'] as const)
      await assert.rejects(leave(world.as(role)), { code: 'forbidden' });
    await assert.rejects(leave(other.as('owner')), { code: 'not-found' });
    const ctx = world.as('admin');
    const reach = { customers: [sibling.tenantId], mailboxes: 'all' as const };
    const assigned = { ...ctx, actor: { ...ctx.actor, reach } as never, db: fenced(ctx.db, reach) };
    await assert.rejects(leave(assigned), { code: 'not-found' });
    for (const said of ['', '  ', 'x'.repeat(301), undefined])
      await assert.rejects(leave(world.as('owner'), { tenantId: place.tenantId, reason: said }), {
        code: 'input.invalid',
      });
    const fresh = await createCustomer(db, world, { name: 'New', state: 'connecting' });
    await assert.rejects(leave(world.as('owner'), { tenantId: fresh.tenantId, reason }), {
      code: 'conflict',
      message: /never connected/,
    });
    assert.equal(await state(), 'connected');
    assert.deepEqual([world.jobs.asked, other.jobs.asked], [[], []]);
    assert.deepEqual(await boxes(), [['protected', null]]);
  });
});
