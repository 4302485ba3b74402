import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { cancelRestore } from '#lib/services/restores/cancel.ts';
import { draftRestore } from '#lib/services/restores/draft.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { planDraft } from '#lib/services/restores/plan-draft.ts';
import { planLifeMs } from '#lib/services/restores/rules.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, fillMailbox } from '#test/kit/msp.ts';
import { createMember } from '#test/kit/people.ts';

describe('what one person may plan', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function createPlace() {
    const world = await createWorld(db);
    const { ctx } = await createMember(db, world, 'technician');
    const places = [];
    for (let made = 0; made < 2; made++) {
      const { tenantId } = await createCustomer(db, world);
      const mailboxId = await createMailbox(db, world, tenantId);
      const at = world.clock.now().toISOString();
      await fillMailbox(db, world, { tenantId, mailboxId }, 1, [{ key: 'a', fromSeq: 1 }]);
      await db.owner`insert into connections (msp_id, tenant_id, id, app, state, created_at)
        values (${world.mspId}, ${tenantId}, ${newId()}, 'restore', 'connected', ${at})`;
      places.push({ tenantId, mailboxId, sequence: 1, selection: { kind: 'mailbox' as const } });
    }
    return { world, ctx, places };
  }

  const where = { destination: { kind: 'original' as const }, collisions: 'skip' as const };
  const tooMany = { code: 'too-many' };

  /** As if so many had been asked for before. */
  async function plan(
    ctx: ServiceContext,
    place: { tenantId: string; mailboxId: string },
    many: number,
    state: string,
  ) {
    const by = ctx.actor.kind === 'user' ? ctx.actor.subject : '';
    await db.owner`insert into restores (msp_id, tenant_id, id, mailbox_id, target_mailbox_id, sequence, selection, destination, collisions, state, requested_by, created_at)
      select ${ctx.mspId}, ${place.tenantId}, gen_random_uuid(), ${place.mailboxId}, ${place.mailboxId}, 1, '{"kind":"mailbox"}', '{"kind":"original"}', 'skip', ${state}::restore_state, ${by}, ${ctx.clock.now().toISOString()}
      from generate_series(1, ${many})`;
  }

  it('only so many plans are made at once, over all customers, and others may plan theirs', async () => {
    const { world, ctx, places } = await createPlace();
    await plan(ctx, places[0]!, 59, 'planning');
    const asked = await Promise.allSettled(
      Array.from({ length: 4 }, () => planRestore(ctx, { ...places[1]!, ...where })),
    );
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
    await assert.rejects(planRestore(ctx, { ...places[1]!, ...where }), tooMany);
    const draft = await draftRestore(ctx, places[1]!);
    await assert.rejects(
      planDraft(ctx, { tenantId: places[1]!.tenantId, ...draft, ...where }),
      tooMany,
    );
    await planRestore((await createMember(db, world, 'technician')).ctx, {
      ...places[1]!,
      ...where,
    });
  });

  it('whoever plans and starts nothing has to wait, and dropping a plan makes no room', async () => {
    const { world, ctx, places } = await createPlace();
    await plan(ctx, places[0]!, 198, 'planned');
    const { restoreId } = await planRestore(ctx, { ...places[1]!, ...where });
    await cancelRestore(ctx, { tenantId: places[1]!.tenantId, restoreId });
    const draft = await draftRestore(ctx, places[1]!);
    await assert.rejects(draftRestore(ctx, places[1]!), tooMany);
    await assert.rejects(planRestore(ctx, { ...places[1]!, ...where }), tooMany);
    // What is there already may be planned.
    await planDraft(ctx, { tenantId: places[1]!.tenantId, ...draft, ...where });
    world.clock.advance(planLifeMs + 1);
    await planRestore(ctx, { ...places[1]!, ...where });
  });

  it('what was started does not count', async () => {
    const { ctx, places } = await createPlace();
    await plan(ctx, places[0]!, 300, 'running');
    await db.owner`update restores set started_at = created_at where msp_id = ${ctx.mspId}`;
    await planRestore(ctx, { ...places[1]!, ...where });
  });
});
