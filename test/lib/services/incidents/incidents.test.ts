import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drizzle } from 'drizzle-orm/postgres-js';
import { connections } from '#db/schema/tenants.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { loseConsent } from '#lib/services/customers/lose-consent.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { listIncidents } from '#lib/services/incidents/list.ts';
import { nightOfFleet } from '#lib/services/incidents/night.ts';
import { releaseIncident } from '#lib/services/incidents/release.ts';
import { setIncidentTicket } from '#lib/services/incidents/set-ticket.ts';
import { snoozeIncident } from '#lib/services/incidents/snooze.ts';
import { takeIncident } from '#lib/services/incidents/take.ts';
import { tonight } from '#lib/services/incidents/tonight.ts';
import { wakeIncident } from '#lib/services/incidents/wake.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

describe('incidents', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  /** A customer with both approvals, whose mailboxes were copied an hour ago. */
  async function createSound(world: World, name: string, count = 3) {
    const customer = await createCustomer(db, world, { name });
    const now = world.clock.now();
    const outside = drizzle(db.owner, { casing: 'snake_case' });
    for (const app of ['backup', 'restore'] as const) {
      await outside.insert(connections).values({
        ...{ mspId: world.mspId, tenantId: customer.tenantId, id: newId(), app },
        ...{ state: 'connected', verifiedAt: now, createdAt: now },
      });
    }
    const mailboxIds: string[] = [];
    for (let index = 0; index < count; index++) {
      const more = { displayName: `Person ${index}`, lastGoodAt: addMs(now, -3_600_000) };
      mailboxIds.push(
        await createMailbox(db, world, customer.tenantId, { ...more, lastOutcome: 'done' }),
      );
    }
    await addRun(world, customer, 'done', addMs(now, -3_600_000));
    await keepFigures(world.workflow, { tenantId: customer.tenantId });
    return { ...customer, mailboxIds };
  }

  async function addRun(
    world: World,
    { tenantId, policyId }: { tenantId: string; policyId: string },
    state: string,
    at: Date,
  ): Promise<string> {
    const id = newId();
    const endedAt = state === 'running' ? null : at.toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, ended_at)
      values (${world.mspId}, ${tenantId}, ${id}, ${policyId}, ${id}, 'schedule', ${state}, ${at.toISOString()}, ${endedAt})`;
    return id;
  }

  const see = async (world: World) => {
    const ctx = world.as('technician');
    const zone = 'Europe/Berlin';
    const fleet = await tonight(ctx, { zone, days: 7 });
    return { ...fleet, night: await nightOfFleet(ctx, { zone }) };
  };

  it('a fleet that is well is quiet, and every number has an age', async () => {
    const world = await createWorld(db);
    await createSound(world, 'Contoso');
    const { needYou, canWait, quiet, figures, matrix, night } = await see(world);
    assert.deepEqual([needYou, canWait, quiet], [[], [], 1]);
    assert.deepEqual([figures.within, figures.protected, figures.outside], [3, 3, []]);
    assert.deepEqual(figures.asOf, world.clock.now());
    assert.equal(matrix.rows[0]?.outcomes.at(-1), 'good');
    assert.equal(night.total, 1);
  });

  it('a lost permission is one line, whatever else is wrong with the customer', async () => {
    const world = await createWorld(db);
    const { tenantId, mailboxIds } = await createSound(world, 'Contoso');
    await db.owner`update mailboxes set last_outcome = 'consent.missing' where id in ${db.owner(mailboxIds)}`;
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt: world.clock.now() });
    const lostAt = world.clock.now();
    world.clock.advance(60 * 3_600_000);
    const { needYou, figures } = await see(world);
    assert.deepEqual(
      needYou.map(({ kind, mailboxes, since }) => ({ kind, mailboxes, since })),
      [{ kind: 'consent-lost', mailboxes: 3, since: lostAt }],
    );
    assert.deepEqual(figures.outside, [{ id: tenantId, name: 'Contoso', count: 3 }]);
    assert.equal(figures.within, 0);
  });

  it('mailboxes with one cause are one line, and two causes are two', async () => {
    const world = await createWorld(db);
    const { tenantId, mailboxIds } = await createSound(world, 'Contoso', 4);
    const [one, two, three] = mailboxIds;
    await db.owner`update mailboxes set last_outcome = 'waited-too-long' where id in ${db.owner([one!, two!])}`;
    await db.owner`update mailboxes set last_outcome = 'unbalanced' where id = ${three!}`;
    await keepFigures(world.workflow, { tenantId });
    const { needYou } = await see(world);
    assert.deepEqual(
      needYou.map(({ cause, mailboxes, mailbox }) => [cause, mailboxes, mailbox?.name ?? null]),
      [
        ['mailboxes-failed:waited-too-long', 2, null],
        ['mailboxes-failed:unbalanced', 1, 'Person 2'],
      ],
    );
    assert.match(needYou[0]!.reason!, /^Microsoft kept asking to wait/);
  });

  it('late is counted by mailbox, against the target of the policy', async () => {
    const world = await createWorld(db);
    const { tenantId, mailboxIds } = await createSound(world, 'Contoso');
    world.clock.advance(7 * 3_600_000);
    assert.deepEqual((await see(world)).needYou, []);
    const now = world.clock.now().toISOString();
    await db.owner`update mailboxes set last_good_at = ${now} where id <> ${mailboxIds[0]!} and tenant_id = ${tenantId}`;
    world.clock.advance(2 * 3_600_000);
    const { needYou, figures } = await see(world);
    assert.deepEqual(
      needYou.map(({ kind, mailboxes, ofMailboxes, mailbox }) => [
        kind,
        mailboxes,
        ofMailboxes,
        mailbox?.name,
      ]),
      [['late', 1, 3, 'Person 0']],
    );
    assert.equal(needYou[0]!.since!.toISOString(), '2026-11-22T16:00:00.000Z');
    assert.equal(figures.within, 2);
  });

  it('a first copy is onboarding, never an alarm; without a run it is not covered', async () => {
    const world = await createWorld(db);
    const fresh = await createCustomer(db, world, { name: 'Litware' });
    await createMailbox(db, world, fresh.tenantId);
    await keepFigures(world.workflow, { tenantId: fresh.tenantId });
    const kinds = async () => (await see(world)).needYou.map(({ kind }) => kind);
    assert.deepEqual(await kinds(), ['not-covered']);
    await addRun(world, fresh, 'running', world.clock.now());
    const { needYou, onboarding } = await see(world);
    assert.deepEqual([needYou, onboarding.map(({ name }) => name)], [[], ['Litware']]);
  });

  it('a failed run, a full target, a leaver and a missing approval are told as what they are', async () => {
    const world = await createWorld(db);
    const failed = await createSound(world, 'Fabrikam');
    await addRun(world, failed, 'failed', world.clock.now());
    const others = [await createSound(world, 'Contoso'), await createSound(world, 'Litware')];
    for (const { tenantId } of others) {
      await db.owner`insert into vaults (msp_id, tenant_id, id, target, key_id, free_bytes, created_at)
        values (${world.mspId}, ${tenantId}, ${newId()}, 'file:///vault', 'k', ${2 ** 30}, now())`;
      await keepFigures(world.workflow, { tenantId });
    }
    const left = others[0]!.mailboxIds[0]!;
    await db.owner`update mailboxes set state = 'sealed', sealed_at = ${world.clock.now().toISOString()}, sealed_cause = 'user-gone' where id = ${left}`;
    await db.owner`update connections set state = 'refused' where app = 'restore' and tenant_id = ${others[1]!.tenantId}`;
    const { needYou, canWait } = await see(world);
    assert.deepEqual(
      needYou.map(({ kind, customers }) => [kind, customers.map(({ name }) => name).sort()]),
      [
        ['run-failed', ['Fabrikam']],
        ['storage-full', ['Contoso', 'Litware']],
      ],
    );
    assert.deepEqual(
      canWait.map(({ kind, customers }) => [kind, customers[0]?.name]),
      [
        ['leaver', 'Contoso'],
        ['restore-not-approved', 'Litware'],
      ],
    );
  });

  it('says why an approval was refused, as the page of the connection does', async () => {
    const world = await createWorld(db);
    const waiting = await createCustomer(db, world, { name: 'Fabrikam', state: 'connecting' });
    const sound = await createCustomer(db, world, { name: 'Contoso' });
    const now = world.clock.now();
    await createMailbox(db, world, sound.tenantId, { lastGoodAt: now, lastOutcome: 'done' });
    await keepFigures(world.workflow, { tenantId: sound.tenantId });
    const link = async (tenantId: string, app: string, refusal: string, hours: number) =>
      db.owner`insert into connect_links (msp_id, tenant_id, id, token_hash, apps, created_by, created_at, expires_at, step, app, refusal)
        values (${world.mspId}, ${tenantId}, ${newId()}, ${newId()}, ${`{${app}}`}, 'test', ${now.toISOString()}, ${addMs(now, hours * 3_600_000).toISOString()}, 'refused', ${app}, ${refusal})`;
    await link(waiting.tenantId, 'backup', 'role-too-weak', 24);
    await link(sound.tenantId, 'restore', 'cancelled', 24);
    const { canWait } = await see(world);
    assert.deepEqual(
      canWait.map(({ kind, reason }) => [kind, reason?.slice(0, 34)]),
      [
        ['restore-not-approved', 'You chose Cancel at Microsoft. Ope'],
        ['link-dead', 'Your role cannot approve this. A G'],
      ],
    );
  });

  it('whoever takes one is named; it sleeps with a reason, and wakes when it becomes worse', async () => {
    const world = await createWorld(db);
    const { tenantId, mailboxIds } = await createSound(world, 'Contoso');
    await db.owner`update mailboxes set last_outcome = 'unbalanced' where id = ${mailboxIds[0]!}`;
    const place = { tenantId, cause: 'mailboxes-failed:unbalanced' };
    const me = world.as('technician');
    const only = async () => (await listIncidents(me, { tenantId }))[0]!;
    await takeIncident(me, place);
    assert.equal((await only()).note?.takenByName, 'Mira Keller');
    await setIncidentTicket(me, { ...place, ticket: ' 4417 ' });
    assert.equal((await only()).note?.ticket, '4417');
    await assert.rejects(snoozeIncident(me, { ...place, until: '4h', reason: '' }), {
      code: 'input.invalid',
    });
    await snoozeIncident(me, { ...place, until: '4h', reason: 'The customer knows' });
    assert.equal((await only()).asleep, true);
    const asleep = await see(world);
    assert.deepEqual([asleep.needYou.length, asleep.asleep.length], [0, 1]);
    await db.owner`update mailboxes set last_outcome = 'unbalanced' where id = ${mailboxIds[1]!}`;
    assert.equal((await only()).asleep, false);
    await db.owner`update mailboxes set last_outcome = 'done' where id = ${mailboxIds[1]!}`;
    world.clock.advance(4 * 3_600_000);
    assert.equal((await only()).asleep, false);
    await snoozeIncident(me, { ...place, until: '1d', reason: 'The customer knows' });
    await wakeIncident(me, place);
    await releaseIncident(me, place);
    const { note, asleep: sleeps } = await only();
    assert.deepEqual([sleeps, note?.takenBy, note?.ticket], [false, null, '4417']);
    const acts = (await listAudit(world.as('owner'), { tenantId })).map(({ action }) => action);
    assert.deepEqual(acts.filter((act) => act.startsWith('incident.')).sort(), [
      'incident.release',
      'incident.snooze',
      'incident.snooze',
      'incident.take',
      'incident.ticket',
      'incident.wake',
    ]);
  });

  it('what is over cannot be taken, and roles that only look may not', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createSound(world, 'Contoso');
    const place = { tenantId, cause: 'late' };
    await assert.rejects(takeIncident(world.as('technician'), place), { code: 'conflict' });
    for (const role of ['auditor', 'billing'] as const) {
      await assert.rejects(takeIncident(world.as(role), place), { code: 'forbidden' });
    }
    const other = await createWorld(db);
    await assert.rejects(takeIncident(other.as('owner'), place), { code: 'not-found' });
    await assert.rejects(listIncidents(other.as('owner'), { tenantId }), { code: 'not-found' });
    assert.equal((await see(other)).customers, 0);
  });
});
