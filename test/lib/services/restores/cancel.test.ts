import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { cancelRestore } from '#lib/services/restores/cancel.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('cancelling a restore', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function runningRestore() {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const restoreId = newId();
    const at = world.clock.now().toISOString();
    await db.owner`insert into restores (msp_id, tenant_id, id, mailbox_id, target_mailbox_id, sequence, selection, destination, collisions, state, requested_by, created_at)
      values (${world.mspId}, ${tenantId}, ${restoreId}, ${mailboxId}, ${mailboxId}, 1, '{"kind":"mailbox"}', '{"kind":"original"}', 'skip', 'running', 'test', ${at})`;
    return { world, key: { tenantId, restoreId } };
  }

  it('one at work is left to its story, which knows what is on its way', async () => {
    const { world, key } = await runningRestore();
    await cancelRestore(world.as('technician'), key);
    assert.equal((await getRestore(world.as('owner'), key)).state, 'running');
    assert.equal(world.jobs.asked.at(-1)?.name, 'cancelRestore');
  });

  it('one that has no story any more ends at once', async () => {
    const { world, key } = await runningRestore();
    world.jobs.isRunning = async () => false;
    await cancelRestore(world.as('technician'), key);
    const { state, endedAt } = await getRestore(world.as('owner'), key);
    assert.deepEqual([state, endedAt], ['cancelled', world.clock.now()]);
    await assert.rejects(cancelRestore(world.as('technician'), key), { code: 'conflict' });
  });
});
