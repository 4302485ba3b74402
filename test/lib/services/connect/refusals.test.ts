import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { ConnectInput } from '#lib/jobs/contract.ts';
import { acceptConsent } from '#lib/services/connect/accept.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import { proveConnection } from '#lib/services/connect/prove.ts';
import { type RefusalCode, refusalCodes, refusalSentence } from '#lib/services/connect/refusals.ts';
import { neededRoles } from '#lib/services/connect/rules.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { withdrawLink } from '#lib/services/connect/withdraw.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import { createTestProbe, type TestProbe } from '#test/kit/probe.ts';
import {
  type Administrator,
  comeBack,
  continueToMicrosoft,
  createAdministrator,
  sendToMicrosoft,
} from './approval.ts';

/** A link whose administrator was stopped; the sentence is what both sides read. */
interface Stopped {
  world: World;
  tenantId: string;
  token: string;
  sentence: RegExp;
}

describe('every way a connection is refused', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const lastCheck = (world: World) =>
    world.jobs.asked.findLast((job) => job.name === 'startConnect')?.input as ConnectInput;

  /** Up to the way back from Microsoft. */
  async function sent(admin = createAdministrator()) {
    const world = await createWorld(db);
    const { tenantId, linkUrlToken, state } = await sendToMicrosoft(world, admin);
    return { world, admin, tenantId, token: linkUrlToken, state };
  }

  /** Microsoft's page said no. */
  async function returned(error: string, errorDescription: string, sentence: RegExp) {
    const { world, admin, tenantId, token, state } = await sent();
    await comeBack(world, admin, state, { error, errorDescription });
    return { world, tenantId, token, sentence };
  }

  /** Approved, and Microsoft's services answer like this. */
  async function proved(change: (answers: TestProbe['answers']) => void, sentence: RegExp) {
    const { world, admin, tenantId, token, state } = await sent();
    await comeBack(world, admin, state);
    const probe = createTestProbe();
    change(probe.answers);
    await proveConnection(world.workflow, lastCheck(world), probe).catch(() => {});
    return { world, tenantId, token, sentence };
  }

  /** A link of a world, and somebody whom "Continue to Microsoft" refuses. */
  async function stoppedAtTheButton(admin: Administrator, world: World, sentence: RegExp) {
    const { tenantId, linkUrlToken } = await sendToMicrosoft(world, createAdministrator());
    await assert.rejects(continueToMicrosoft(world, admin, linkUrlToken));
    return { world, tenantId, token: linkUrlToken, sentence };
  }

  const failing = (err: AppError) => async () => {
    throw err;
  };
  const aadsts = (code: number) =>
    new AppError('consent.missing', 'AADSTS', { data: { aadsts: code } });

  const cases: Partial<Record<RefusalCode, () => Promise<Stopped>>> = {
    cancelled: () =>
      returned('consent_required', 'AADSTS65004: declined', /^You chose Cancel at Microsoft\./),
    'role-too-weak': async () =>
      stoppedAtTheButton(
        { ...createAdministrator(), administrator: false },
        await createWorld(db),
        /^Your role cannot approve this\..*pass the link on\.$/,
      ),
    expired: async () => {
      const { world, tenantId, token } = await sent();
      world.clock.advance(24 * 60 * 60_000);
      return { world, tenantId, token, sentence: /^This link expired\. Ask Northwind IT/ };
    },
    'other-organisation': async () => {
      const world = await createWorld(db);
      const { tenantId } = await createCustomer(db, world);
      const { linkUrlToken } = await newConnectLink(world.as('owner'), { tenantId });
      await assert.rejects(continueToMicrosoft(world, createAdministrator(), linkUrlToken));
      return {
        world,
        tenantId,
        token: linkUrlToken,
        sentence: /^You signed in to the organisation [0-9a-f-]+; the link is for Contoso\./,
      };
    },
    'two-organisations': async () => {
      const { world, admin, tenantId, token, state } = await sent();
      await comeBack(world, admin, state, { tenantClaim: newId() });
      return { world, tenantId, token, sentence: /^Approval and sign-in came from different/ };
    },
    'linked-here': async () => {
      const world = await createWorld(db);
      const { entraTid } = await createCustomer(db, world, { name: 'Fabrikam' });
      return stoppedAtTheButton(
        createAdministrator(entraTid),
        world,
        /^Fabrikam is already connected\.$/,
      );
    },
    'linked-elsewhere': async () => {
      const other = await createWorld(db, 'Other IT');
      const { entraTid } = await createCustomer(db, other);
      const { world, admin, tenantId, token, state } = await sent(createAdministrator(entraTid));
      await comeBack(world, admin, state);
      await proveConnection(world.workflow, lastCheck(world), createTestProbe());
      return { world, tenantId, token, sentence: /^Another provider already backs/ };
    },
    'permission-missing': () =>
      proved((answers) => {
        answers.token = async (tid, app) => ({
          tid,
          roles: neededRoles[app].filter((role) => role !== 'MailboxItem.Read.All'),
        });
      }, /^Microsoft did not grant: read mailbox items\. Approve again\.$/),
    'not-active-yet': () =>
      proved((answers) => {
        answers.token = async (tid) => ({ tid, roles: [] });
      }, /^Approved, but not active at Microsoft yet/),
    'app-off': () =>
      proved((answers) => {
        answers.token = failing(aadsts(7000112));
      }, /^Our app is switched off in Entra\./),
    'conditional-access': () =>
      proved((answers) => {
        answers.token = failing(aadsts(53003));
      }, /^A sign-in rule stopped us\./),
    'personal-account': async () =>
      stoppedAtTheButton(
        createAdministrator('9188040d-6c67-4c5b-b112-36a304b66dad'),
        await createWorld(db),
        /^This is a personal Microsoft account\./,
      ),
    'no-answer': () =>
      proved((answers) => {
        answers.token = failing(
          new AppError('source.unavailable', 'down', { retryable: true, retryAfterMs: 1 }),
        );
      }, /^Microsoft did not answer\. The link still works/),
    'check-not-started': async () => {
      const { world, admin, tenantId, token, state } = await sent();
      world.jobs.on('startConnect', failing(new AppError('internal', 'down')));
      await comeBack(world, admin, state);
      return { world, tenantId, token, sentence: /^Holdfast could not start to check/ };
    },
    'our-fault': () =>
      proved((answers) => {
        answers.token = failing(new AppError('credential.invalid', 'AADSTS7000215'));
      }, /^Microsoft refused our application's own credential\..*Northwind IT has to\.$/),
  };

  for (const [code, stop] of Object.entries(cases)) {
    it(`${code}: the administrator and the MSP read the same sentence`, async () => {
      const { world, tenantId, token, sentence } = await stop();
      const theirs = await lookAtLink(world.open, { token });
      const ours = await connectStatus(world.as('technician'), { tenantId });
      assert.equal(theirs.refusal?.code, code);
      assert.match(theirs.refusal!.sentence, sentence);
      assert.deepEqual(
        [ours!.refusal?.code, ours!.refusal?.sentence, ours!.step],
        [theirs.refusal!.code, theirs.refusal!.sentence, theirs.step],
      );
      assert.equal(theirs.refusal!.facts.customerId, undefined);
    });
  }

  it('an organisation that is connected here leads the MSP, and only it, to that customer', async () => {
    const { world, tenantId } = await cases['linked-here']!();
    const { refusal } = (await connectStatus(world.as('technician'), { tenantId }))!;
    const [row] =
      await db.owner`select id from tenants where name = 'Fabrikam' and msp_id = ${world.mspId}`;
    assert.equal(refusal!.facts.customerId, row!.id);
  });

  it('no-mailboxes: connected, and both sides read that nothing is protected', async () => {
    const { world, admin, tenantId, token, state } = await sent();
    await comeBack(world, admin, state);
    await proveConnection(world.workflow, lastCheck(world), createTestProbe([]));
    const ours = (await connectStatus(world.as('technician'), { tenantId }))!;
    const theirs = await lookAtLink(world.open, { token });
    assert.deepEqual([ours.mailboxes, theirs.mailboxes], [0, 0]);
    assert.deepEqual(ours.connected, ['backup']);
    assert.deepEqual([ours.refusal?.code, theirs.refusal?.code], ['no-mailboxes', 'no-mailboxes']);
  });

  it('used, damaged, and the returns of another browser, account or hour change nothing', async () => {
    const { world, admin, tenantId, token, state } = await sent();
    const code = async (more: Parameters<typeof comeBack>[3]) =>
      (await comeBack(world, admin, state, more)).refusal?.code;
    assert.equal(await code({ browserNonce: 'x'.repeat(43) }), 'other-browser');
    assert.equal(await code({ subject: createAdministrator(admin.tid).subject }), 'other-account');
    assert.equal((await connectStatus(world.as('technician'), { tenantId }))!.refusal, null);
    world.clock.advance(15 * 60_000);
    assert.equal(await code({}), 'took-too-long');
    const again = await continueToMicrosoft(world, admin, token);
    assert.equal((await comeBack(world, admin, again)).refusal, null);
    assert.equal((await comeBack(world, admin, again)).refusal?.code, 'used');
    await assert.rejects(
      acceptConsent({ ...world.open } as never, {
        state: 'nobody’s',
        tenantClaim: admin.tid,
        error: null,
        subject: admin.subject,
        administrator: true,
        browserNonce: admin.browserNonce,
      }),
      { data: { refusal: 'damaged' } },
    );
  });

  it('every code is caused by a test here, and has a sentence of its own', () => {
    const elsewhere: RefusalCode[] = [
      'used',
      'damaged',
      'took-too-long',
      'other-browser',
      'other-account',
      'no-mailboxes',
      // The title above what stops the second approval, see the page of a link.
      'restore-app-missing',
    ];
    assert.deepEqual([...Object.keys(cases), ...elsewhere].sort(), [...refusalCodes].sort());
    assert.equal(
      new Set(refusalCodes.map((code) => refusalSentence(code))).size,
      refusalCodes.length,
    );
  });

  it('a link that is withdrawn is over for both sides, and looking at one is noted once', async () => {
    const { world, tenantId, token } = await sent();
    await lookAtLink(world.open, { token });
    world.clock.advance(60_000);
    await lookAtLink(world.open, { token });
    const before = (await connectStatus(world.as('auditor'), { tenantId }))!;
    assert.equal(before.openedAt?.getTime(), world.clock.now().getTime() - 60_000);
    await assert.rejects(withdrawLink(world.as('auditor'), { tenantId }), { code: 'forbidden' });
    await withdrawLink(world.as('technician'), { tenantId });
    assert.equal((await lookAtLink(world.open, { token })).refusal?.code, 'expired');
    assert.equal(
      (await connectStatus(world.as('auditor'), { tenantId }))!.refusal?.code,
      'expired',
    );
    const events = await db.owner`select action from audit_events where tenant_id = ${tenantId}
      and action in ('connect.open', 'connect-link.withdraw') order by seq`;
    assert.deepEqual(
      events.map(({ action }) => action),
      ['connect.open', 'connect-link.withdraw'],
    );
  });
});
