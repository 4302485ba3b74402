import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { groupOf } from '#lib/services/audit/groups.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
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
      const bare = await getRestore(ctx, { tenantId, restoreId, folders: false });
      assert.deepEqual(listed, bare, role);
      assert.deepEqual(bare.plan, { ...plan, folders: [{ ...counts, path: null }] }, role);
      const path = role === 'auditor' || role === 'billing' ? null : 'Inbox / Divorce';
      assert.deepEqual(one.plan, { ...plan, folders: [{ ...counts, path }] }, role);
    }
    // All of these are one person; whoever saw no name left no entry.
    const looked = await listAudit(world.as('owner'), { tenantId });
    assert.deepEqual(
      looked.map(({ action, entityId, facts }) => [action, entityId, facts]),
      [['folder.list-restore', restoreId, { mailboxId, folders: 1 }]],
    );
    assert.equal(groupOf(looked[0]!.action), 'content');
    world.clock.advance(16 * 60_000);
    await getRestore(world.as('owner'), { tenantId, restoreId });
    assert.equal((await listAudit(world.as('owner'), { tenantId })).length, 2);
  });

  it('and its subjects are in the log for each page, once for a person who goes on looking', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const restoreId = newId();
    await db.owner`insert into restores (msp_id, tenant_id, id, mailbox_id, target_mailbox_id, sequence, selection, destination, collisions, state, requested_by, created_at)
      values (${world.mspId}, ${tenantId}, ${restoreId}, ${mailboxId}, ${mailboxId}, 1, '{"kind":"mailbox"}', '{"kind":"original"}', 'skip', 'running', 'test', ${world.clock.now().toISOString()})`;
    const technician = world.as('technician');
    const colleague: ServiceContext = {
      ...technician,
      actor: { ...technician.actor, subject: 'somebody else' } as never,
    };
    const key = { tenantId, restoreId };
    for (let second = 0; second < 5; second++) {
      await restoreItems(technician, key);
      world.clock.advance(1_000);
    }
    await restoreItems(technician, { ...key, after: 200 });
    // Other lines than those of the first look, as many of them or not.
    await restoreItems(technician, { ...key, onlyProblems: true });
    await restoreItems(technician, { ...key, onlyWritten: true });
    await restoreItems(technician, { ...key, part: 'cannot' });
    await restoreItems(colleague, key);
    const looked = await listAudit(world.as('owner'), { tenantId });
    assert.deepEqual(
      looked.map(({ action, actor, facts }) => [
        ...[action, actor === 'somebody else', facts.after, facts.show],
      ]),
      [
        ['item.list-restore', true, 0, 'all'],
        ['item.list-restore', false, 0, 'cannot'],
        ['item.list-restore', false, 0, 'written'],
        ['item.list-restore', false, 0, 'problems'],
        ['item.list-restore', false, 200, 'all'],
        ['item.list-restore', false, 0, 'all'],
      ],
    );
    const stranger = (await createWorld(db, 'Southwind')).as('owner');
    await assert.rejects(restoreItems(stranger, key), { code: 'not-found' });
    assert.equal((await listAudit(world.as('owner'), { tenantId })).length, 6);
  });
});
