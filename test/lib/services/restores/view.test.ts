import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('a restore as it is shown', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('names the folders of its plan to those who may see content, and only counts to the others', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const restoreId = newId();
    const counts = { write: 3, present: 1, changed: 0, cannot: 0, bytes: 900 };
    const plan = {
      ...counts,
      durationMinS: 1,
      durationMaxS: 2,
      folders: [{ path: 'Inbox / Divorce', ...counts }],
    };
    await db.owner`insert into restores (msp_id, tenant_id, id, mailbox_id, target_mailbox_id, sequence, selection, destination, collisions, state, requested_by, created_at, plan)
      values (${world.mspId}, ${tenantId}, ${restoreId}, ${mailboxId}, ${mailboxId}, 1, '{"kind":"mailbox"}', '{"kind":"original"}', 'skip', 'planned', 'test', ${world.clock.now().toISOString()}, ${JSON.stringify(plan)}::text::jsonb)`;
    for (const role of ['owner', 'admin', 'technician', 'auditor', 'billing'] as const) {
      const ctx = world.as(role);
      const one = await getRestore(ctx, { tenantId, restoreId });
      const [listed] = await listRestores(ctx, { tenantId });
      assert.deepEqual(listed, one, role);
      const path = role === 'auditor' || role === 'billing' ? null : 'Inbox / Divorce';
      assert.deepEqual(one.plan, { ...plan, folders: [{ ...counts, path }] }, role);
    }
  });
});
