import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ConnectInput } from '#lib/jobs/contract.ts';
import { proveConnection } from '#lib/services/connect/prove.ts';
import { loseConsent } from '#lib/services/customers/lose-consent.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { startFirstRun, startRun } from '#lib/services/runs/start.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createWorld, type World } from '#test/kit/msp.ts';
import { createTestProbe } from '#test/kit/probe.ts';
import {
  comeBack,
  continueToMicrosoft,
  createAdministrator,
  sendToMicrosoft,
} from '../connect/approval.ts';

describe('the first backup of a customer', () => {
  let db: TestDatabase;
  let world: World;
  const admin = createAdministrator();
  before(async () => {
    db = await createTestDatabase();
  });
  beforeEach(async () => {
    await db.owner`update tenants set entra_tid = null, state = 'connecting' where entra_tid = ${admin.tid}`;
    world = await createWorld(db);
  });
  after(() => db.close());

  const check = async () => {
    const input = world.jobs.asked.findLast(({ name }) => name === 'startConnect')!.input;
    const probe = createTestProbe();
    assert.deepEqual(await proveConnection(world.workflow, input as ConnectInput, probe), {
      state: 'connected',
    });
  };

  /** A customer whose approval to back up is proved, and what continues to the approval to restore. */
  async function connected() {
    const { tenantId, linkUrlToken, state } = await sendToMicrosoft(world, admin);
    await comeBack(world, admin, state);
    await check();
    const approve = async (token = linkUrlToken) => {
      await comeBack(world, admin, await continueToMicrosoft(world, admin, token));
      await check();
    };
    const begin = () => startFirstRun(world.workflow, { tenantId });
    const end = (state: string) =>
      db.owner`update runs set state = ${state}, started_at = now(), ended_at = now() where tenant_id = ${tenantId}`;
    return { tenantId, approve, begin, end };
  }
  const starts = () => world.jobs.asked.filter(({ name }) => name === 'startBackup').length;

  it('is one, also when it has ended before the approval to restore is proved', async () => {
    const { approve, begin, end } = await connected();
    assert.equal((await begin())?.joined, false);
    await end('done');
    world.clock.advance(60_000);
    await approve();
    assert.deepEqual([await begin(), await begin(), starts()], [null, null, 1]);
  });

  it('is begun once more where its start was lost, or where it failed as a whole', async () => {
    const { begin, end } = await connected();
    const first = await begin();
    assert.deepEqual(await begin(), { ...first, joined: true });
    assert.equal(starts(), 2);
    await end('failed');
    assert.notEqual((await begin())?.runId, first?.runId);
  });

  it('is owed beside one that was cancelled before it began, and beside one of single mailboxes', async () => {
    const { tenantId, begin } = await connected();
    await begin();
    await db.owner`update runs set state = 'cancelled', ended_at = now() where tenant_id = ${tenantId}`;
    const [box] = await db.owner<{ id: string }[]>`
      select id from mailboxes where tenant_id = ${tenantId}`;
    await startRun(world.as('owner'), { tenantId, mailboxIds: [box!.id] });
    await db.owner`update runs set state = 'done', started_at = now(), ended_at = now()
      where tenant_id = ${tenantId} and trigger = 'manual'`;
    assert.equal((await begin())?.joined, false);
  });

  it('is owed again when the approval to back up is given again', async () => {
    const { tenantId, approve, begin, end } = await connected();
    await begin();
    await end('done');
    await loseConsent(world.workflow, { tenantId, app: 'backup', askedAt: world.clock.now() });
    assert.equal(await begin(), null, 'nobody may read there');
    world.clock.advance(60_000);
    const link = await newConnectLink(world.as('owner'), { tenantId, apps: ['backup'] });
    await approve(link.linkUrlToken);
    assert.equal((await begin())?.joined, false);
  });
});
