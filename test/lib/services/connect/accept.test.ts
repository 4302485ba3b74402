import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId, newToken } from '#lib/core/ids.ts';
import { beginConsent } from '#lib/services/connect/begin.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import {
  comeBack,
  connectContext,
  continueToMicrosoft,
  createAdministrator,
  sendToMicrosoft,
} from './approval.ts';

describe('the way back from Microsoft', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());
  const started = () => world.jobs.asked.filter((job) => job.name === 'startConnect').length;

  it('of 20 returns with one state at the same time, one is accepted and starts one check', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, tenantId } = await sendToMicrosoft(world, admin);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => comeBack(world, admin, state)),
    );
    const codes = answers.map((answer) => answer.refusal?.code ?? 'accepted');
    assert.equal(codes.filter((code) => code === 'accepted').length, 1);
    assert.equal(codes.filter((code) => code === 'used').length, 19);
    assert.equal(started(), 1);
    const status = await connectStatus(world.as('technician'), { tenantId });
    assert.equal(status?.step, 'checking');
  });

  it('a state lives 15 minutes, and the link works on after that', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, linkUrlToken } = await sendToMicrosoft(world, admin);
    world.clock.advance(15 * 60_000);
    assert.equal((await comeBack(world, admin, state)).refusal?.code, 'took-too-long');
    const again = await continueToMicrosoft(world, admin, linkUrlToken);
    assert.equal((await comeBack(world, admin, again)).refusal, null);
  });

  it('only the browser and the account that went away may come back', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state } = await sendToMicrosoft(world, admin);
    const elsewhere = await comeBack(world, admin, state, { browserNonce: newToken() });
    assert.equal(elsewhere.refusal?.code, 'other-browser');
    const other = await comeBack(world, admin, state, { subject: `${admin.tid}.${newId()}` });
    assert.equal(other.refusal?.code, 'other-account');
    assert.equal(started(), 0);
    // Neither of them used it up.
    assert.equal((await comeBack(world, admin, state)).refusal, null);
  });

  it('only an administrator approves: not at the button, and not with a return made by hand', async () => {
    world = await createWorld(db);
    const user = { ...createAdministrator(), administrator: false };
    const added = await addCustomer(world.as('technician'), { name: 'Contoso' });
    const { linkUrlToken, tenantId } = added;
    const refused = { code: 'consent.refused', data: { refusal: 'role-too-weak' } };
    const told = async () => (await connectStatus(world.as('technician'), { tenantId }))?.refusal;
    await assert.rejects(continueToMicrosoft(world, user, linkUrlToken), refused);
    assert.equal((await told())?.code, 'role-too-weak');
    // Once had the role, and has signed in again without it before the way back.
    const state = await continueToMicrosoft(world, { ...user, administrator: true }, linkUrlToken);
    assert.equal((await comeBack(world, user, state)).refusal?.code, 'role-too-weak');
    assert.equal(started(), 0);
    const admin = createAdministrator(user.tid);
    const approved = await continueToMicrosoft(world, admin, linkUrlToken);
    assert.equal((await comeBack(world, admin, approved)).refusal, null);
    // While an approval is checked, somebody without the role cannot end that.
    await assert.rejects(continueToMicrosoft(world, user, linkUrlToken), refused);
    assert.equal(await told(), null);
  });

  it('a newer link ends the older ones of its customer, and what they sent to Microsoft', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const stranger = createAdministrator();
    const other = await sendToMicrosoft(world, stranger, 'Fabrikam');
    const { state, tenantId, linkUrlToken } = await sendToMicrosoft(world, admin);
    world.clock.advance(1000);
    const newer = await newConnectLink(world.as('owner'), { tenantId });
    await assert.rejects(continueToMicrosoft(world, admin, linkUrlToken), {
      data: { refusal: 'expired' },
    });
    assert.equal((await comeBack(world, admin, state)).refusal?.code, 'used');
    assert.equal(started(), 0);
    const fresh = await continueToMicrosoft(world, admin, newer.linkUrlToken);
    assert.equal((await comeBack(world, admin, fresh)).refusal, null);
    assert.equal((await comeBack(world, stranger, other.state)).refusal, null);
  });

  it('a newer "Continue" makes the older state worthless', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, linkUrlToken } = await sendToMicrosoft(world, admin);
    const newer = await continueToMicrosoft(world, admin, linkUrlToken);
    assert.equal((await comeBack(world, admin, state)).refusal?.code, 'used');
    assert.equal((await comeBack(world, admin, newer)).refusal, null);
  });

  it('approval and sign-in of different organisations are refused, to both sides', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, linkUrlToken, tenantId } = await sendToMicrosoft(world, admin);
    const answer = await comeBack(world, admin, state, { tenantClaim: newId() });
    assert.equal(answer.refusal?.code, 'two-organisations');
    assert.equal(started(), 0);
    const theirs = await lookAtLink(world.open, { token: linkUrlToken });
    const ours = await connectStatus(world.as('technician'), { tenantId });
    for (const view of [theirs, ours!]) {
      assert.equal(view.step, 'refused');
      assert.equal(view.refusal?.code, 'two-organisations');
    }
    const [event] =
      await db.owner`select facts from audit_events where action = 'connect.refuse' and tenant_id = ${tenantId}`;
    assert.deepEqual(event!.facts, { code: 'two-organisations' });
  });

  for (const [error, description, code] of [
    ['permission_denied', 'The admin canceled the request', 'cancelled'],
    ['consent_required', 'AADSTS65004: declined', 'cancelled'],
    ['consent_required', 'AADSTS90094: admin needed', 'role-too-weak'],
    ['access_denied', 'AADSTS53003: blocked', 'conditional-access'],
    ['server_error', '', 'no-answer'],
  ] as const) {
    it(`Microsoft's ${error} ${description} is ${code}, though admin_consent=True came with it`, async () => {
      world = await createWorld(db);
      const admin = createAdministrator();
      const { state, linkUrlToken } = await sendToMicrosoft(world, admin);
      const answer = await comeBack(world, admin, state, { error, errorDescription: description });
      assert.equal(answer.refusal?.code, code);
      assert.equal(started(), 0);
      // The link works on.
      const again = await continueToMicrosoft(world, admin, linkUrlToken);
      assert.equal((await comeBack(world, admin, again)).refusal, null);
    });
  }

  it('a state or a tenant that is not one is called damaged', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const damaged = { code: 'consent.refused', data: { refusal: 'damaged' } };
    for (const state of ['', 'x', newToken(), "' or 1=1 --", 'x'.repeat(5000)]) {
      await assert.rejects(comeBack(world, admin, state), damaged);
    }
    const { state } = await sendToMicrosoft(world, admin);
    const answer = await comeBack(world, admin, state, { tenantClaim: '../../etc/passwd' });
    assert.equal(answer.refusal?.code, 'damaged');
  });

  it('an organisation that is connected here is named, before anybody is sent to Microsoft', async () => {
    world = await createWorld(db);
    const { entraTid } = await createCustomer(db, world, { name: 'Fabrikam' });
    await assert.rejects(sendToMicrosoft(world, createAdministrator(entraTid)), {
      code: 'consent.refused',
      message: 'Fabrikam is already connected.',
    });
  });

  it('the administrator of another organisation cannot reconnect a customer', async () => {
    world = await createWorld(db);
    const { tenantId, entraTid } = await createCustomer(db, world);
    const { linkUrlToken } = await newConnectLink(world.as('owner'), { tenantId });
    await assert.rejects(continueToMicrosoft(world, createAdministrator(), linkUrlToken), {
      data: { refusal: 'other-organisation' },
    });
    assert.ok(await continueToMicrosoft(world, createAdministrator(entraTid), linkUrlToken));
  });

  it('a personal account, an expired link and a link of nobody are refused', async () => {
    world = await createWorld(db);
    const personal = createAdministrator('9188040d-6c67-4c5b-b112-36a304b66dad');
    await assert.rejects(sendToMicrosoft(world, personal), {
      data: { refusal: 'personal-account' },
    });
    const admin = createAdministrator();
    const { linkUrlToken } = await sendToMicrosoft(world, admin);
    world.clock.advance(24 * 60 * 60_000);
    await assert.rejects(continueToMicrosoft(world, admin, linkUrlToken), {
      data: { refusal: 'expired' },
    });
    const view = await lookAtLink(world.open, { token: linkUrlToken });
    assert.deepEqual([view.step, view.refusal?.code], ['refused', 'expired']);
    await assert.rejects(lookAtLink(world.open, { token: newToken() }), {
      data: { refusal: 'damaged' },
    });
    await assert.rejects(lookAtLink(world.open, { token: '' }), { data: { refusal: 'damaged' } });
  });

  it('a state opens no link: what goes through Microsoft is not what the customer was sent', async () => {
    world = await createWorld(db);
    const { state } = await sendToMicrosoft(world, createAdministrator());
    await assert.rejects(lookAtLink(world.open, { token: state }), {
      data: { refusal: 'damaged' },
    });
  });

  it('neither tokens nor states nor nonces are kept', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, linkUrlToken } = await sendToMicrosoft(world, admin);
    for (const table of ['connect_links', 'connect_doors', 'audit_events']) {
      const rows = JSON.stringify(await db.owner.unsafe(`select * from ${table}`));
      for (const secret of [state, linkUrlToken, admin.browserNonce]) {
        assert.ok(!rows.includes(secret), table);
      }
    }
  });

  it('when the check cannot be started, the administrator reads so and can try again', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { state, linkUrlToken } = await sendToMicrosoft(world, admin);
    world.jobs.on('startConnect', async () => {
      throw new Error('no Temporal');
    });
    assert.equal((await comeBack(world, admin, state)).refusal?.code, 'check-not-started');
    world.jobs.on('startConnect', async () => {});
    const again = await continueToMicrosoft(world, admin, linkUrlToken);
    assert.equal((await comeBack(world, admin, again)).refusal, null);
  });

  it('the address at Microsoft names the app, the scope, the way back and nothing of ours', async () => {
    world = await createWorld(db);
    const admin = createAdministrator();
    const { linkUrlToken } = await sendToMicrosoft(world, admin);
    const { redirectTo } = await beginConsent(connectContext(world), {
      token: linkUrlToken,
      subject: admin.subject,
      administrator: admin.administrator,
      browserNonce: admin.browserNonce,
    });
    const url = new URL(redirectTo);
    assert.equal(
      `${url.origin}${url.pathname}`,
      'https://login.example/organizations/v2.0/adminconsent',
    );
    assert.deepEqual([...url.searchParams.keys()], ['client_id', 'scope', 'redirect_uri', 'state']);
    assert.equal(url.searchParams.get('client_id'), 'backup-client');
    assert.equal(url.searchParams.get('scope'), 'https://graph.example/.default');
    assert.equal(url.searchParams.get('redirect_uri'), 'https://portal.example/connect/return');
  });
});
