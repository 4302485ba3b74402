import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addMs } from '#lib/core/clock.ts';
import { getLeaver } from '#lib/services/leavers/get.ts';
import { listLeavers } from '#lib/services/leavers/list.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('leavers', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('are safe, sealed with a gap, or without a copy, and say how they were noticed', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const now = world.clock.now();
    const hours = (count: number) => addMs(now, -count * 3_600_000);
    const sealed = (displayName: string, more: object) =>
      createMailbox(db, world, tenantId, { displayName, state: 'sealed', ...more });
    await createMailbox(db, world, tenantId, { displayName: 'Stays' });
    const safe = await sealed('Safe', {
      ...{
        sealedAt: hours(1),
        lastGoodAt: hours(5),
        lastOutcome: 'done',
        sealedCause: 'user-gone',
      },
    });
    await sealed('Late', { sealedAt: hours(2), lastGoodAt: hours(26), lastOutcome: 'done' });
    await sealed('Gaps', {
      sealedAt: hours(3),
      lastGoodAt: hours(4),
      lastOutcome: 'done with skips',
    });
    await sealed('Never', { sealedAt: hours(4) });

    const { total, safe: whole, leavers, next } = await listLeavers(world.as('auditor'));
    assert.deepEqual([total, whole, next], [4, 1, null]);
    assert.deepEqual(
      leavers.map(({ name, state, cause, rungs, unseenMs }) => [
        name,
        state,
        cause,
        rungs.map(Number).join(''),
        unseenMs === null ? null : unseenMs / 3_600_000,
      ]),
      [
        ['Safe', 'safe', 'user-gone', '11111', 4],
        ['Late', 'gaps', null, '11110', 24],
        ['Gaps', 'gaps', null, '11010', 1],
        ['Never', 'none', null, '10010', null],
      ],
    );
    // A part of the list counts all of it, and leads on to the rest.
    const found: string[] = [];
    for (let after: Awaited<ReturnType<typeof listLeavers>>['next'] = null; ; ) {
      const part = await listLeavers(world.as('auditor'), { after: after ?? undefined, limit: 3 });
      assert.deepEqual([part.total, part.safe], [4, 1]);
      found.push(...part.leavers.map(({ name }) => name));
      after = part.next;
      if (after === null) break;
    }
    assert.deepEqual(found, ['Safe', 'Late', 'Gaps', 'Never']);
    const view = await getLeaver(world.as('technician'), { tenantId, mailboxId: safe });
    assert.deepEqual(
      [view.name, view.kinds, view.withoutCopy, view.snapshot],
      ['Safe', [], 0, null],
    );
  });

  it('of others, and mailboxes that are still there, are not there', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const other = await createWorld(db);
    const left = await createMailbox(db, world, tenantId, {
      state: 'sealed',
      sealedAt: world.clock.now(),
    });
    const missing = { code: 'not-found' };
    await assert.rejects(getLeaver(world.as('owner'), { tenantId, mailboxId }), missing);
    await assert.rejects(getLeaver(other.as('owner'), { tenantId, mailboxId: left }), missing);
    await assert.rejects(listLeavers(other.as('owner'), { tenantId }), missing);
    assert.equal((await listLeavers(other.as('owner'))).total, 0);
  });
});
