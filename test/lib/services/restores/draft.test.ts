import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { fenced } from '#lib/services/reach.ts';
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

  it('is asked for anew where the process died before the plan was begun', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const answer = {
      ...{ tenantId, restoreId, collisions: 'skip' as const },
      destination: { kind: 'original' as const },
    };
    // It is kept that a plan is to be made; nobody lives to ask for it.
    const asked = Promise.withResolvers<void>();
    const dying = {
      ...ctx.deps.jobs,
      startPlanRestore: () => {
        asked.resolve();
        return new Promise<never>(() => {});
      },
    };
    planDraft({ ...ctx, deps: { ...ctx.deps, jobs: dying } }, answer).catch(() => {});
    await asked.promise;
    assert.equal((await getRestore(ctx, { tenantId, restoreId })).state, 'planning');
    assert.deepEqual(await planDraft(ctx, answer), { restoreId });
    assert.equal(plans(world).length, 1);
    assert.equal((await listRestores(ctx, { tenantId })).length, 1);
  });

  it('that dies before it is kept leaves no plan, no entry and the choice as it was', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const killed = {
      ...ctx.db,
      transaction: ((act) =>
        ctx.db.transaction(async (tx) => {
          await act(tx);
          throw new Error('killed before it was kept');
        })) as typeof ctx.db.transaction,
    };
    const answer = {
      ...{ tenantId, restoreId, collisions: 'copy' as const },
      destination: { kind: 'folder' as const, name: 'Restored' },
    };
    await assert.rejects(planDraft({ ...ctx, db: killed }, answer));
    await assert.rejects(draftRestore({ ...ctx, db: killed }, chosen));
    const kept = await getRestore(ctx, { tenantId, restoreId });
    assert.deepEqual([kept.state, kept.destination], ['draft', { kind: 'original' }]);
    assert.deepEqual(plans(world), []);
    const entries = (await listAudit(world.as('owner'), { tenantId })).map((it) => it.action);
    assert.deepEqual(entries, ['restore.draft']);
    assert.deepEqual(await planDraft(ctx, answer), { restoreId });
  });

  it('answered in several ways at once is a restore for each, and none is changed under another', async () => {
    const { tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const answers = ['One', 'Two', 'Three'].map((name) => ({
      ...{ tenantId, restoreId, collisions: 'skip' as const },
      destination: { kind: 'folder' as const, name },
    }));
    await Promise.all(answers.map((answer) => planDraft(ctx, answer)));
    const states = (await listRestores(ctx, { tenantId })).map(({ state }) => state);
    // Each that came after the first is another restore of the same choice; that of the draft is dropped.
    assert.equal(states.filter((state) => state === 'cancelled').length, 1);
    assert.equal(states.length, 3);
    const first = await getRestore(ctx, { tenantId, restoreId });
    assert.equal(first.state, 'cancelled');
  });

  it('is of its customer alone: to everybody else there is no such choice', async () => {
    const { world, tenantId, chosen, ctx } = await createPlace();
    const { restoreId } = await draftRestore(ctx, chosen);
    const sibling = await createCustomer(db, world);
    const stranger = (await createWorld(db, 'Southridge Services')).as('owner');
    const reach = { customers: [sibling.tenantId], mailboxes: 'all' as const };
    const assigned = { ...ctx, actor: { ...ctx.actor, reach } as never, db: fenced(ctx.db, reach) };
    const answer = { collisions: 'skip' as const, destination: { kind: 'original' as const } };
    for (const [who, place] of [
      [stranger, { tenantId, restoreId }],
      [assigned, { tenantId, restoreId }],
      [assigned, { tenantId: sibling.tenantId, restoreId }],
      [ctx, { tenantId: sibling.tenantId, restoreId }],
      [ctx, { tenantId, restoreId: newId() }],
    ] as const) {
      await assert.rejects(planDraft(who, { ...place, ...answer }), { code: 'not-found' });
    }
    await assert.rejects(draftRestore(stranger, chosen), { code: 'not-found' });
    await assert.rejects(draftRestore(assigned, chosen), { code: 'not-found' });
    await assert.rejects(draftRestore(ctx, { ...chosen, tenantId: sibling.tenantId }), {
      code: 'not-found',
    });
    assert.equal((await getRestore(ctx, { tenantId, restoreId })).state, 'draft');
    assert.deepEqual(plans(world), []);
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
