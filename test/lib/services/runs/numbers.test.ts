import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { runItems } from '#lib/services/runs/items.ts';
import { runOutcomes } from '#lib/services/runs/rules.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('the numbers of a run', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('lead each to a list that adds up to it', async () => {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const scope = { msp_id: world.mspId, tenant_id: tenantId };
    const runId = newId();
    const at = world.clock.now().toISOString();
    await db.owner`insert into runs ${db.owner({ ...scope, id: runId, policy_id: policyId, workflow_id: runId, trigger: 'schedule', state: 'running', created_at: at })}`;
    // More mailboxes than a page names by itself.
    const lines = Array.from({ length: 30 }, (_, n) => {
      const part = (every: number) => (n % every === 0 ? n + 1 : 0);
      const parts = {
        ...{ stored: part(2), reused: part(3), removed: part(5), skipped: part(7) },
        failed: n % 11 === 0 ? 2 : 0,
      };
      const open = n % 13 === 0 ? 4 : 0;
      const enumerated = Object.values(parts).reduce((sum, count) => sum + count, open);
      return { n, parts, enumerated };
    });
    const ids = new Map<number, string>();
    for (const { n, parts, enumerated } of lines) {
      const mailboxId = await createMailbox(db, world, tenantId, { displayName: `Person ${n}` });
      ids.set(n, mailboxId);
      await db.owner`insert into run_mailboxes ${db.owner({ ...scope, run_id: runId, mailbox_id: mailboxId, shard: 0, position: n, state: n % 13 === 0 ? 'running' : 'done', enumerated, ...parts })}`;
      for (const outcome of ['skipped', 'failed'] as const) {
        for (let item = 0; item < parts[outcome]; item++) {
          await db.owner`insert into run_items ${db.owner({ ...scope, id: newId(), run_id: runId, mailbox_id: mailboxId, source_id: `${outcome}${item}`, folder_id: 'f', outcome, cause: outcome === 'failed' && item === 0 ? 'item.damaged' : 'item.too-large', at })}`;
        }
      }
    }
    const ctx = world.as('technician');
    for (const outcome of runOutcomes) {
      const { mailboxes, counts } = await getRun(ctx, { tenantId, runId, mailboxes: outcome });
      const of = (line: typeof counts) =>
        outcome === 'left-out' ? line.skipped + line.failed : line[outcome];
      assert.ok(mailboxes.length > 0 && mailboxes.length < 30, outcome);
      assert.ok(mailboxes.every((line) => of(line.counts) > 0));
      assert.equal(
        mailboxes.reduce((sum, line) => sum + of(line.counts), 0),
        of(counts),
        outcome,
      );
    }
    const { byCause } = await getRun(ctx, { tenantId, runId });
    assert.deepEqual(byCause.map(({ cause, outcome }) => `${cause} ${outcome}`).sort(), [
      'item.damaged failed',
      'item.too-large failed',
      'item.too-large skipped',
    ]);
    for (const { cause, outcome, count } of byCause) {
      const list = await runItems(ctx, { tenantId, runId, cause, outcome, limit: 1000 });
      assert.equal(list.length, count, `${cause} ${outcome}`);
    }
    const mailboxId = ids.get(0)!;
    const items = await runItems(ctx, { tenantId, runId, mailboxId });
    assert.equal(items.length, 1 + 2);
    assert.ok(items.every((item) => item.mailboxId === mailboxId));
    assert.equal((await runItems(ctx, { tenantId, runId, mailboxId: newId() })).length, 0);
    await assert.rejects(runItems(world.as('billing'), { tenantId, runId, mailboxId }), {
      code: 'forbidden',
    });
  });
});
