import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { permissionsOf } from '#app/(portal)/customers/[tenantId]/parts/permissions.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { ConnectInput } from '#lib/jobs/contract.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import { proveConnection } from '#lib/services/connect/prove.ts';
import { neededRoles } from '#lib/services/connect/rules.ts';
import { discoverMailboxes } from '#lib/services/customers/discover-mailboxes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { loseConsent } from '#lib/services/customers/lose-consent.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import { createTestProbe, directoryMailbox } from '#test/kit/probe.ts';
import { comeBack, continueToMicrosoft, createAdministrator, sendToMicrosoft } from './approval.ts';

describe('proving a consent', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await createWorld(db);
  });
  after(() => db.close());

  /** The input of the check that the last return asked for. */
  const lastCheck = () =>
    world.jobs.asked.findLast((job) => job.name === 'startConnect')?.input as ConnectInput;

  async function approve(admin = createAdministrator()) {
    const sent = await sendToMicrosoft(world, admin);
    assert.equal((await comeBack(world, admin, sent.state)).refusal, null);
    return { ...sent, admin, check: lastCheck() };
  }

  it('connects the customer, protects its mailboxes and plans its backup, each once however often it runs', async () => {
    const { tenantId, check, admin, linkUrlToken } = await approve();
    const probe = createTestProbe([
      directoryMailbox({ displayName: 'Adele Vance' }),
      directoryMailbox({ displayName: 'Info', kind: 'shared' }),
    ]);
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'connected' });
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'connected' });
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.equal(customer.state, 'connected');
    assert.equal(customer.entraTid, admin.tid);
    assert.deepEqual(
      customer.connection.backup.map((proof) => proof.name),
      [
        ...['App token', 'User list', 'Mailbox folders', 'Mailbox items', 'Export'],
        ...['Mail', 'Calendars', 'Contacts', 'Tasks'],
      ],
    );
    assert.equal(customer.policy?.everyMinutes, 360);
    const mailboxes = await listMailboxes(world.as('owner'), { tenantId });
    assert.deepEqual(
      mailboxes.map((mailbox) => [mailbox.name, mailbox.kind, mailbox.state]),
      [
        ['Adele Vance', 'user', 'protected'],
        ['Info', 'shared', 'protected'],
      ],
    );
    const schedules = world.jobs.asked.filter((job) => job.name === 'ensureSchedule');
    assert.equal(schedules.length, 2);
    assert.deepEqual(schedules[0], schedules[1]);
    const view = await lookAtLink(world.open, { token: linkUrlToken, subject: admin.subject });
    assert.deepEqual(
      [view.step, view.app, view.connected, view.mailboxes],
      ['signed-in', 'restore', ['backup'], 2],
    );
  });

  it('where its mailboxes cannot be written down it is connected and scheduled, and the next list mends it', async () => {
    const { tenantId, check } = await approve();
    const good = directoryMailbox();
    const broken = createTestProbe([good, directoryMailbox({ kind: 'not a kind' as never })]);
    assert.deepEqual(await proveConnection(world.workflow, check, broken), { state: 'connected' });
    const mailboxes = async () =>
      (await listMailboxes(world.as('owner'), { tenantId })).map(({ state }) => state);
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connected');
    assert.deepEqual(await mailboxes(), []);
    assert.ok(world.jobs.asked.some(({ name }) => name === 'ensureSchedule'));
    await discoverMailboxes(world.workflow, { tenantId }, createTestProbe([good]));
    assert.deepEqual(await mailboxes(), ['protected']);
  });

  it('checked twice at once it is connected once, whichever of the two is asked', async () => {
    const { tenantId, check } = await approve();
    const probe = createTestProbe();
    const both = [1, 2].map(() => proveConnection(world.workflow, check, probe));
    assert.deepEqual(await Promise.all(both), [{ state: 'connected' }, { state: 'connected' }]);
    const log = await listAudit(world.as('owner'), { tenantId });
    assert.equal(log.filter(({ action }) => action === 'connect.connect').length, 1);
  });

  it('a check that comes late changes nothing, and mends what the one before it had no time for', async () => {
    const { tenantId, check, admin, linkUrlToken } = await approve();
    world.jobs.on('ensureSchedule', async () => {
      throw new Error('killed here');
    });
    const late = createTestProbe();
    // While this one asks Microsoft, another attempt connects the customer and dies.
    late.answers.token = async (tid) => {
      await assert.rejects(proveConnection(world.workflow, check, createTestProbe()), {
        message: 'killed here',
      });
      world.jobs.on('ensureSchedule', async () => {});
      return { tid, roles: ['MailboxItem.Read.All'] };
    };
    world.clock.advance(31 * 60_000);
    assert.deepEqual(await proveConnection(world.workflow, check, late), { state: 'connected' });
    const view = await lookAtLink(world.open, { token: linkUrlToken, subject: admin.subject });
    assert.deepEqual([view.refusal, view.connected], [null, ['backup']]);
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connected');
    assert.ok(world.jobs.asked.filter(({ name }) => name === 'ensureSchedule').length >= 2);
  });

  it('an administrator who goes on to Microsoft meanwhile is waited for', async () => {
    const { tenantId, check, admin, linkUrlToken } = await approve();
    const probe = createTestProbe();
    let state = '';
    probe.answers.token = async (tid, app) => {
      state ||= await continueToMicrosoft(world, admin, linkUrlToken);
      return { tid, roles: [...neededRoles[app]] };
    };
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connecting');
    assert.equal((await comeBack(world, admin, state)).refusal, null);
    assert.deepEqual(await proveConnection(world.workflow, lastCheck(), probe), {
      state: 'connected',
    });
  });

  it('and where they come back meanwhile, what the first check finds out is not of the second', async () => {
    const { check, admin, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.token = async (tid) => {
      const state = await continueToMicrosoft(world, admin, linkUrlToken);
      assert.equal((await comeBack(world, admin, state)).refusal, null);
      return { tid, roles: ['MailboxItem.Read.All'] };
    };
    world.clock.advance(31 * 60_000);
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
    const view = await lookAtLink(world.open, { token: linkUrlToken, subject: admin.subject });
    assert.deepEqual([view.step, view.refusal], ['checking', null]);
    assert.deepEqual(await proveConnection(world.workflow, lastCheck(), createTestProbe()), {
      state: 'connected',
    });
  });

  it('a check that was heard, and whose answer was lost, stands as it ended', async () => {
    world.jobs.on('startConnect', async (input: ConnectInput) => {
      await proveConnection(world.workflow, input, createTestProbe());
      throw new Error('no answer');
    });
    const { tenantId, admin, linkUrlToken } = await approve();
    const view = await lookAtLink(world.open, { token: linkUrlToken, subject: admin.subject });
    assert.deepEqual([view.refusal, view.connected], [null, ['backup']]);
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connected');
  });

  it('a refusal from before an approval takes nothing of it away', async () => {
    const { tenantId, check } = await approve();
    const askedAt = world.clock.now();
    world.clock.advance(1_000);
    await proveConnection(world.workflow, check, createTestProbe());
    world.clock.advance(1_000);
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt });
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connected');
  });

  it('asks for the second approval on the same link, and then the link is used up', async () => {
    const { tenantId, check, admin, linkUrlToken } = await approve();
    const probe = createTestProbe();
    await proveConnection(world.workflow, check, probe);
    const state = await continueToMicrosoft(world, admin, linkUrlToken);
    assert.equal((await comeBack(world, admin, state)).refusal, null);
    assert.deepEqual(await proveConnection(world.workflow, lastCheck(), probe), {
      state: 'connected',
    });
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.ok(customer.connection.restore.length > 0);
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.deepEqual([view.step, view.connected], ['connected', ['backup', 'restore']]);
    await assert.rejects(continueToMicrosoft(world, admin, linkUrlToken), {
      data: { refusal: 'used' },
    });
  });

  it('an approval to restore does not bring a lost consent to back up back', async () => {
    const { tenantId, check, admin, linkUrlToken } = await approve();
    await proveConnection(world.workflow, check, createTestProbe());
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt: world.clock.now() });
    const state = await continueToMicrosoft(world, admin, linkUrlToken);
    await comeBack(world, admin, state);
    assert.deepEqual(await proveConnection(world.workflow, lastCheck(), createTestProbe()), {
      state: 'connected',
    });
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.equal(customer.state, 'consent-lost');
    assert.ok(customer.connection.restore.length > 0);
  });

  it('what one mailbox does not answer is not called proved, and refuses nobody', async () => {
    const { tenantId, check } = await approve();
    const room = directoryMailbox({ kind: 'room' });
    const person = directoryMailbox();
    const probe = createTestProbe([room, person]);
    const asked: string[] = [];
    probe.answers.readKind = async (_tid, entraUserId, kind) => {
      asked.push(entraUserId);
      if (kind === 'tasks') throw new AppError('source.refused', 'Access is denied.');
      if (kind === 'contacts') throw new AppError('not-found', 'No mailbox.');
    };
    probe.answers.exportItem = async () => false;
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'connected' });
    assert.deepEqual(new Set(asked), new Set([person.entraUserId]), 'a room has no tasks');
    const { connections } = await getCustomer(world.as('owner'), { tenantId });
    const lines = permissionsOf('backup', connections[0]);
    const unproved = lines.filter(({ proof }) => proof === null);
    assert.deepEqual(
      unproved.map(({ role, grantedAt }) => [role, grantedAt !== null]),
      [
        ['MailboxItem.Export.All', true],
        ['Contacts.Read', true],
        ['Tasks.Read.All', true],
      ],
    );
    probe.answers.readKind = () => Promise.reject(new TypeError('a defect of ours'));
    const again = await approve();
    await assert.rejects(proveConnection(world.workflow, again.check, probe), TypeError);
  });

  it('a token of another organisation than the one that signed in is refused', async () => {
    const { check, tenantId, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.token = async (_tid, app) => ({ tid: newId(), roles: [...neededRoles[app]] });
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.equal(view.refusal?.code, 'two-organisations');
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.deepEqual(
      [customer.state, customer.entraTid, customer.policy],
      ['connecting', null, null],
    );
  });

  it('an organisation that another MSP backs up is refused, without a word about whose it is', async () => {
    const elsewhere = await createWorld(db, 'Southridge Services');
    const { entraTid } = await createCustomer(db, elsewhere, { name: 'Hidden Name' });
    const { check, linkUrlToken, tenantId } = await approve(createAdministrator(entraTid));
    assert.deepEqual(await proveConnection(world.workflow, check, createTestProbe()), {
      state: 'refused',
    });
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.equal(view.refusal?.code, 'linked-elsewhere');
    assert.ok(!/Southridge|Hidden/.test(JSON.stringify(view)));
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connecting');
  });

  it('of two MSPs that prove one organisation at the same time, one gets it', async () => {
    const other = await createWorld(db, 'Southridge Services');
    const admin = createAdministrator();
    const checks = [];
    for (const each of [world, other]) {
      const { state } = await sendToMicrosoft(each, admin);
      await comeBack(each, admin, state);
      const check = each.jobs.asked.at(-1)!.input as ConnectInput;
      checks.push(() => proveConnection(each.workflow, check, createTestProbe()));
    }
    const states = (await Promise.all(checks.map((check) => check()))).map(
      (result) => result.state,
    );
    assert.deepEqual(states.sort(), ['connected', 'refused']);
  });

  it('a consent that Microsoft has not made effective is waited for, half an hour long', async () => {
    const { check, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.token = async () => {
      throw new AppError('consent.missing', 'not consented', { data: { aadsts: 700016 } });
    };
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'waiting' });
    let view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.deepEqual([view.step, view.refusal?.code], ['checking', 'not-active-yet']);
    probe.answers.token = async (tid) => ({ tid, roles: [] });
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'waiting' });
    world.clock.advance(30 * 60_000);
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
    view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.equal(view.refusal?.code, 'permission-missing');
  });

  it('a consent that lacks one permission is refused at once, and says which', async () => {
    const { check, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.token = async (tid) => ({
      tid,
      roles: neededRoles.backup.filter((role) => role !== 'MailboxItem.Read.All'),
    });
    await proveConnection(world.workflow, check, probe);
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.equal(
      view.refusal?.sentence,
      'Microsoft did not grant: read mailbox items. Approve again.',
    );
  });

  for (const [aadsts, code, refusal] of [
    [7000112, 'consent.missing', 'app-off'],
    [53003, 'source.refused', 'conditional-access'],
    [700027, 'credential.invalid', 'our-fault'],
  ] as const) {
    it(`AADSTS${aadsts} is told as ${refusal}`, async () => {
      const { check, linkUrlToken } = await approve();
      const probe = createTestProbe();
      probe.answers.token = async () => {
        throw new AppError(code, 'refused', { data: { aadsts } });
      };
      assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
      const view = await lookAtLink(world.open, { token: linkUrlToken });
      assert.equal(view.refusal?.code, refusal);
    });
  }

  it('roles in the token are a hint: a call that is refused is believed more', async () => {
    const { check, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.readItems = async () => {
      throw new AppError('source.refused', 'denied');
    };
    world.clock.advance(30 * 60_000);
    assert.deepEqual(await proveConnection(world.workflow, check, probe), { state: 'refused' });
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.equal(view.refusal?.code, 'permission-missing');
  });

  it('when Microsoft does not answer, the check is repeated and the page says so', async () => {
    const { check, linkUrlToken } = await approve();
    const probe = createTestProbe();
    probe.answers.token = async () => {
      throw new AppError('source.unavailable', 'down', { retryable: true });
    };
    await assert.rejects(proveConnection(world.workflow, check, probe), { retryable: true });
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.deepEqual([view.step, view.refusal?.code], ['checking', 'no-answer']);
    assert.deepEqual(await proveConnection(world.workflow, check, createTestProbe()), {
      state: 'connected',
    });
  });

  it('an organisation without a mailbox is connected, and told that nothing is protected', async () => {
    const { check, linkUrlToken, tenantId } = await approve();
    assert.deepEqual(await proveConnection(world.workflow, check, createTestProbe([])), {
      state: 'connected',
    });
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.deepEqual([customer.state, customer.mailboxes], ['connected', 0]);
    const [row] = await db.owner`select refusal from connect_links where id = ${check.linkId}`;
    assert.equal(row!.refusal, 'no-mailboxes');
    assert.ok(linkUrlToken);
  });

  it('a lost consent is noted once and can be given again', async () => {
    const { check, admin, tenantId } = await approve();
    await proveConnection(world.workflow, check, createTestProbe());
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt: world.clock.now() });
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt: world.clock.now() });
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'consent-lost');
    const events = await db.owner`
      select 1 from audit_events where tenant_id = ${tenantId} and action = 'customer.consent-lost'`;
    assert.equal(events.length, 1);
    const { linkUrlToken } = await newConnectLink(world.as('owner'), {
      tenantId,
      apps: ['backup'],
    });
    const state = await continueToMicrosoft(world, admin, linkUrlToken);
    await comeBack(world, admin, state);
    assert.deepEqual(await proveConnection(world.workflow, lastCheck(), createTestProbe()), {
      state: 'connected',
    });
    assert.equal((await getCustomer(world.as('owner'), { tenantId })).state, 'connected');
  });
});
