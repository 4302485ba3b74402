import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { beginRun } from '#lib/services/runs/begin-run.ts';
import { finalizeJob } from '#lib/services/runs/finalize-job.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('a run that begins', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function openRun(state: string) {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const runId = newId();
    const at = world.clock.now().toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
      values (${world.mspId}, ${tenantId}, ${runId}, ${policyId}, ${`backup/${runId}`}, 'manual', ${state}, ${at})`;
    await db.owner`insert into run_mailboxes (msp_id, tenant_id, run_id, mailbox_id, shard, position)
      values (${world.mspId}, ${tenantId}, ${runId}, ${mailboxId}, 0, 1)`;
    const begin = () =>
      beginRun(
        world.workflow,
        { mspId: world.mspId, tenantId, policyId, trigger: 'schedule' },
        { workflowId: 'backup/next', runId: newId() },
      );
    const other = () => getRun(world.as('owner'), { tenantId, runId });
    return { world, tenantId, runId, begin, other };
  }

  it('on schedule ends the one that was stopped from outside, its mailboxes too, and begins', async () => {
    const { world, begin, other } = await openRun('running');
    world.jobs.isRunning = async () => false;
    assert.notEqual(await begin(), null);
    const run = await other();
    assert.equal(run.state, 'failed');
    assert.deepEqual(
      run.mailboxes.map(({ state }) => state),
      ['failed'],
    );
  });

  it('on schedule leaves one as it is that ended while it was asked after', async () => {
    const { world, tenantId, runId, begin, other } = await openRun('running');
    world.jobs.isRunning = async () => {
      await db.owner`update run_mailboxes set state = 'done' where run_id = ${runId}`;
      await finalizeJob(world.workflow, { tenantId, runId, cancelled: false, failure: null });
      return false;
    };
    assert.notEqual(await begin(), null);
    assert.deepEqual([(await other()).state, (await other()).reason], ['done', null]);
  });

  it('one whose start was answered too late goes on, one that never started is failed', async () => {
    for (const lost of [true, false]) {
      const world = await createWorld(db);
      const { tenantId } = await createCustomer(db, world);
      world.jobs.on('startBackup', async () => {
        if (lost) await db.owner`update runs set state = 'running' where tenant_id = ${tenantId}`;
        throw new AppError('internal', 'The workflow service did not answer.');
      });
      await assert.rejects(startRun(world.as('owner'), { tenantId }), { code: 'internal' });
      const [run] = await listRuns(world.as('owner'), { tenantId });
      assert.equal(run?.state, lost ? 'running' : 'failed');
    }
  });

  it('of every mailbox is never narrowed by somebody who asks for some', async () => {
    const { world, tenantId, runId } = await openRun('queued');
    const asked: unknown[] = [];
    world.jobs.on('startBackup', async (input: unknown) => {
      asked.push(input);
    });
    const owner = world.as('owner');
    await assert.rejects(startRun(owner, { tenantId, mailboxIds: [newId()] }), {
      code: 'conflict',
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(await startRun(owner, { tenantId }), { runId, joined: true });
    assert.equal(asked.length, 1);
  });

  it('on schedule stands back for one whose story is just being started', async () => {
    const { world, begin, other } = await openRun('queued');
    world.jobs.isRunning = async () => false;
    assert.equal(await begin(), null);
    assert.equal((await other()).state, 'queued');
    world.clock.advance(2 * 60_000);
    assert.notEqual(await begin(), null);
    assert.equal((await other()).state, 'failed');
  });
});
