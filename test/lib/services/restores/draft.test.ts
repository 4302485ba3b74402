import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { draftRestore } from '#lib/services/restores/draft.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { planDraft } from '#lib/services/restores/plan-draft.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, fillMailbox } from '#test/kit/msp.ts';

describe('a restore that begins with what was chosen', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function createPlace() {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const { itemIds } = await fillMailbox(db, world, { tenantId, mailboxId }, 1, [
      { key: 'a', fromSeq: 1 },
    ]);
    await db.owner`insert into connections (msp_id, tenant_id, id, app, state, created_at)
      values (${world.mspId}, ${tenantId}, ${newId()}, 'restore', 'connected', ${world.clock.now().toISOString()})`;
    const chosen = {
      tenantId,
      mailboxId,
      sequence: 1,
      selection: { kind: 'items' as const, itemIds: [...itemIds.values()] },
    };
    return { world, tenantId, mailboxId, chosen, ctx: world.as('technician') };
  }

  const plans = (world: { jobs: { asked: { name: string; input: unknown }[] } }) =>
    world.jobs.asked.filter(({ name }) => name === 'startPlanRestore').map(({ input }) => input);

  it('keeps the choice, starts nothing and stands in no list', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const kept = await getRestore(ctx, { tenantId, restoreId });
    assert.deepEqual([kept.state, kept.selection], ['draft', chosen.selection]);
    assert.deepEqual(await listRestores(ctx, { tenantId }), []);
    assert.deepEqual(world.jobs.asked, []);
    await assert.rejects(executeRestore(ctx, { tenantId, restoreId }), {
      message: 'There is no plan yet. Say where it goes first.',
    });
  });

  it('answered twice in the same way is asked once', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const answer = { tenantId, restoreId, destination: { kind: 'original' }, collisions: 'skip' };
    assert.deepEqual(await planDraft(ctx, answer as never), { restoreId });
    assert.deepEqual(await planDraft(ctx, answer as never), { restoreId });
    assert.equal((await listRestores(ctx, { tenantId })).length, 1);
    assert.deepEqual(
      new Set(plans(world).map((input) => (input as { restoreId: string }).restoreId)),
      new Set([restoreId]),
    );
  });

  it('answered otherwise is another restore of the same choice, and the plan before is dropped', async () => {
    const { tenantId, mailboxId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    await planDraft(ctx, {
      tenantId,
      restoreId,
      destination: { kind: 'original' },
      collisions: 'skip',
    });
    const second = await planDraft(ctx, {
      tenantId,
      restoreId,
      destination: { kind: 'folder', name: 'Restored' },
      collisions: 'copy',
    });
    assert.notEqual(second.restoreId, restoreId);
    const states = new Map(
      (await listRestores(ctx, { tenantId })).map((restore) => [restore.id, restore.state]),
    );
    assert.deepEqual(
      [...states].sort(),
      [
        [restoreId, 'cancelled'],
        [second.restoreId, 'planning'],
      ].sort(),
    );
    const made = await getRestore(ctx, { tenantId, restoreId: second.restoreId });
    assert.deepEqual(
      [made.mailboxId, made.selection, made.destination, made.collisions],
      [mailboxId, chosen.selection, { kind: 'folder', name: 'Restored' }, 'copy'],
    );
  });

  it('goes into no mailbox that is gone, of another customer, or out of reach', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const sibling = await createCustomer(db, world);
    const foreign = await createMailbox(db, world, sibling.tenantId);
    const sealed = await createMailbox(db, world, tenantId, { state: 'sealed' });
    const colleague = await createMailbox(db, world, tenantId);
    const { restoreId } = await draftRestore(ctx, chosen);
    const into = (mailboxId: string, as = ctx) =>
      planDraft(as, {
        tenantId,
        restoreId,
        destination: { kind: 'mailbox', mailboxId, folderName: 'From Adele' },
        collisions: 'skip',
      });
    await assert.rejects(into(foreign), { code: 'not-found' });
    await assert.rejects(into(newId()), { code: 'not-found' });
    await assert.rejects(into(sealed), { code: 'source.gone' });
    const reach = { customers: [tenantId], mailboxes: [chosen.mailboxId] };
    await assert.rejects(into(colleague, { ...ctx, actor: { ...ctx.actor, reach } as never }), {
      code: 'not-found',
    });
    assert.equal((await getRestore(ctx, { tenantId, restoreId })).state, 'draft');
    assert.deepEqual(await into(colleague), { restoreId });
  });

  it('is made and planned only by who may restore', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    for (const role of ['auditor', 'billing'] as const) {
      await assert.rejects(draftRestore(world.as(role), chosen), { code: 'forbidden' });
      await assert.rejects(
        planDraft(world.as(role), {
          tenantId,
          restoreId,
          destination: { kind: 'original' },
          collisions: 'skip',
        }),
        { code: 'forbidden' },
      );
    }
  });
});
