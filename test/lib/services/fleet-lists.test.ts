import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { cancelExport } from '#lib/services/exports/cancel.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { listAllExports } from '#lib/services/exports/list-all.ts';
import { fenced } from '#lib/services/reach.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { listAllRestores } from '#lib/services/restores/list-all.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { listAllRuns } from '#lib/services/runs/list-all.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

describe('lists over all customers', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function createRun(
    world: World,
    place: { tenantId: string; policyId: string },
    state: string,
    minutes: number,
  ): Promise<string> {
    const id = newId();
    const at = new Date(world.clock.now().getTime() + minutes * 60_000).toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, enumerated, stored)
      values (${world.mspId}, ${place.tenantId}, ${id}, ${place.policyId}, ${id}, 'schedule', ${state}, ${at}, 7, 7)`;
    return id;
  }

  async function createRestore(
    world: World,
    place: { tenantId: string; mailboxId: string },
    state: string,
  ): Promise<string> {
    const id = newId();
    await db.owner`insert into restores (msp_id, tenant_id, id, mailbox_id, target_mailbox_id, sequence, selection, destination, collisions, state, requested_by, created_at)
      values (${world.mspId}, ${place.tenantId}, ${id}, ${place.mailboxId}, ${place.mailboxId}, 1, '{"kind":"mailbox"}', '{"kind":"folder","name":"Divorce"}', 'skip', ${state}, 'test', ${world.clock.now().toISOString()})`;
    for (const [position, lineState] of [
      [1, 'verified'],
      [2, 'failed'],
    ] as const) {
      await db.owner`insert into restore_items (msp_id, tenant_id, id, restore_id, batch, position, item_id, source_id, ref, content_id, kind, item_class, subject, target_path, folder_key, present_ids, action, route, state)
        values (${world.mspId}, ${place.tenantId}, ${newId()}, ${id}, 0, ${position}, ${newId()}, 's', 'r', 'c', 'message', 'IPM.Note', 'Divorce', '{}', 'k', '{}', 'write', 'json', ${lineState})`;
    }
    return id;
  }

  async function createExport(
    world: World,
    place: { tenantId: string; mailboxId: string },
    state: string,
  ): Promise<string> {
    const id = newId();
    await db.owner`insert into exports (msp_id, tenant_id, id, mailbox_id, sequence, selection, state, requested_by, created_at)
      values (${world.mspId}, ${place.tenantId}, ${id}, ${place.mailboxId}, 1, '{"kind":"mailbox"}', ${state}, 'test', ${world.clock.now().toISOString()})`;
    return id;
  }

  async function createTwo() {
    const world = await createWorld(db);
    const contoso = await createCustomer(db, world);
    const fabrikam = await createCustomer(db, world, { name: 'Fabrikam' });
    const other = await createWorld(db, 'Other IT');
    const foreign = await createCustomer(db, other, { name: 'Foreign' });
    return { world, contoso, fabrikam, other, foreign };
  }

  function assigned(ctx: ServiceContext, tenantId: string): ServiceContext {
    const reach = { customers: [tenantId], mailboxes: 'all' as const };
    return { ...ctx, actor: { ...ctx.actor, reach } as never, db: fenced(ctx.db, reach) };
  }

  it('runs stand newest first under their customer, and those of others nowhere', async () => {
    const { world, contoso, fabrikam, other, foreign } = await createTwo();
    const first = await createRun(world, contoso, 'done', 1);
    const second = await createRun(world, fabrikam, 'failed', 2);
    const third = await createRun(world, contoso, 'running', 3);
    await createRun(other, foreign, 'running', 4);
    const mailboxId = await createMailbox(db, world, contoso.tenantId);
    await db.owner`insert into run_mailboxes (msp_id, tenant_id, run_id, mailbox_id, shard, position, state, enumerated, stored)
      values (${world.mspId}, ${contoso.tenantId}, ${third}, ${mailboxId}, 0, 1, 'running', 5, 2)`;
    const ctx = world.as('auditor');
    const all = await listAllRuns(ctx);
    assert.deepEqual(
      all.map(({ id, customer, counts }) => [id, customer, counts.enumerated, counts.open]),
      [
        [third, 'Contoso', 5, 3],
        [second, 'Fabrikam', 7, 0],
        [first, 'Contoso', 7, 0],
      ],
    );
    const ids = async (input: Parameters<typeof listAllRuns>[1], as = ctx) =>
      (await listAllRuns(as, input)).map(({ id }) => id);
    assert.deepEqual(await ids({ show: 'open' }), [third]);
    assert.deepEqual(await ids({ show: 'problems' }), [second]);
    assert.deepEqual(await ids({ tenantId: contoso.tenantId }), [third, first]);
    assert.deepEqual(await ids({ trigger: 'manual' }), []);
    const page = await listAllRuns(ctx, { limit: 2 });
    const last = page.at(-1)!;
    assert.deepEqual(await ids({ after: { at: last.createdAt, id: last.id } }), [first]);
    assert.deepEqual(await ids({}, assigned(ctx, fabrikam.tenantId)), [second]);
    await assert.rejects(
      listAllRuns(assigned(ctx, fabrikam.tenantId), { tenantId: contoso.tenantId }),
      { code: 'not-found' },
    );
    assert.deepEqual(await ids({ tenantId: foreign.tenantId }), []);
    assert.deepEqual(
      (await listRuns(ctx, { tenantId: contoso.tenantId })).map(({ id }) => id),
      [third, first],
    );
  });

  it('restores tell their numbers and names of mailboxes, and nothing of what is in them', async () => {
    const { world, contoso, fabrikam, other, foreign } = await createTwo();
    const mailboxId = await createMailbox(db, world, contoso.tenantId);
    const place = { tenantId: contoso.tenantId, mailboxId };
    const restoreId = await createRestore(world, place, 'done');
    await createRestore(world, place, 'draft');
    await createRestore(
      other,
      { tenantId: foreign.tenantId, mailboxId: await createMailbox(db, other, foreign.tenantId) },
      'done',
    );
    const [row, ...rest] = await listAllRestores(world.as('billing'));
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [row!.id, row!.customer, row!.mailbox, row!.counts.verified, row!.counts.failed],
      [restoreId, 'Contoso', 'Adele Vance', 1, 1],
    );
    const written = { tenantId: contoso.tenantId, restoreId, onlyWritten: true };
    const lines = (await restoreItems(world.as('technician'), written)).items;
    assert.deepEqual(
      lines.map(({ state }) => state),
      ['verified'],
      'what somebody would take back by hand',
    );
    assert.ok(!JSON.stringify(row).includes('Divorce'));
    assert.ok(JSON.stringify(await listAllRestores(world.as('technician'))).includes('Divorce'));
    assert.deepEqual((await listRestores(world.as('billing'), place))[0]!.counts, row!.counts);
    assert.deepEqual(await listAllRestores(assigned(world.as('owner'), fabrikam.tenantId)), []);
    assert.equal((await listAllRestores(world.as('owner'), { show: 'problems' })).length, 0);
  });

  it('a download is listed for every role, and stopped only by who may export', async () => {
    const { world, contoso } = await createTwo();
    const mailboxId = await createMailbox(db, world, contoso.tenantId);
    const place = { tenantId: contoso.tenantId, mailboxId };
    const exportId = await createExport(world, place, 'running');
    const key = { tenantId: contoso.tenantId, exportId };
    const [row] = await listAllExports(world.as('auditor'), { show: 'open' });
    assert.deepEqual([row!.id, row!.customer, row!.mailbox], [exportId, 'Contoso', 'Adele Vance']);
    await assert.rejects(cancelExport(world.as('auditor'), key), { code: 'forbidden' });
    await cancelExport(world.as('technician'), key);
    assert.equal((await getExport(world.as('auditor'), key)).state, 'cancelled');
    assert.equal(world.jobs.asked.at(-1)?.name, 'cancelExport');
    await assert.rejects(cancelExport(world.as('technician'), key), {
      code: 'conflict',
      message: 'This download has ended already.',
    });
    const [entry] =
      await db.owner`select action, entity_id from audit_events where tenant_id = ${key.tenantId} order by seq desc limit 1`;
    assert.deepEqual([entry!.action, entry!.entity_id], ['export.cancel', exportId]);
  });
});
