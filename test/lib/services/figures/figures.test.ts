import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import type { RunState } from '#db/enums.ts';
import { runs } from '#db/schema/runs.ts';
import { newId } from '#lib/core/ids.ts';
import { type Letter, stretchesOf, worse } from '#lib/services/coverage/history.ts';
import { listCoverage } from '#lib/services/coverage/list.ts';
import { customerPast } from '#lib/services/coverage/past.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

const states = [
  'queued',
  'running',
  'paused',
  'done',
  'incomplete',
  'failed',
  'cancelled',
] as const;
const isOver = (state: RunState) => !['queued', 'running', 'paused'].includes(state);

/** What happens to the runs of two customers, one after the other. */
const changes = fc.array(
  fc.record({
    customer: fc.nat(1),
    state: fc.constantFrom(...states),
    /** The run it happens to, or a new one. */
    run: fc.option(fc.nat(5)),
    minutes: fc.nat(600),
    counts: fc.record({ enumerated: fc.nat(20), stored: fc.nat(20), skipped: fc.nat(2) }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('figures that are kept', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('are what the rows say, whatever happened to the runs and in which order', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (script) => {
        const world = await createWorld(db);
        const customers = [await createCustomer(db, world), await createCustomer(db, world)];
        const known: string[][] = [[], []];
        for (const { customer, state, run, minutes, counts } of script) {
          const { tenantId, policyId } = customers[customer]!;
          const at = new Date(world.clock.now().getTime() - minutes * 60_000).toISOString();
          const endedAt = isOver(state) ? at : null;
          const id = run === null ? undefined : known[customer]![run];
          // As a verb of the worker does it: its role, its scope.
          await withScope(db.worker, { mspId: world.mspId, tenantId }, async (tx) => {
            const change = { state, endedAt: endedAt === null ? null : new Date(at), ...counts };
            if (id !== undefined) {
              const isRun = and(eq(runs.tenantId, tenantId), eq(runs.id, id));
              await tx.update(runs).set(change).where(isRun);
              return;
            }
            const made = newId();
            known[customer]!.push(made);
            await tx.insert(runs).values({
              ...{ mspId: world.mspId, tenantId, id: made, policyId, workflowId: made },
              ...{ trigger: 'schedule', createdAt: new Date(at), ...change },
            });
          });
        }
        for (const { tenantId } of customers) await keepFigures(world.workflow, { tenantId });
        const kept = await db.owner`
          select tenant_id, run_id, state, created_at, ended_at from last_runs
          where msp_id = ${world.mspId} order by tenant_id`;
        const derived = await db.owner`
          select distinct on (tenant_id) tenant_id, id as run_id, state, created_at, ended_at
          from runs where msp_id = ${world.mspId} order by tenant_id, created_at desc, id desc`;
        assert.deepEqual([...kept], [...derived]);
        const sums = await db.owner`
          select tenant_id, sum(greatest(0, enumerated - stored - reused - removed - skipped - failed))::int as missing
          from runs where msp_id = ${world.mspId} and ended_at is not null group by tenant_id`;
        for (const row of await listCustomers(world.as('auditor'))) {
          const own = derived.find((it) => it.tenant_id === row.id);
          assert.deepEqual(
            row.lastRun && [row.lastRun.id, row.lastRun.state],
            own === undefined ? null : [own.run_id, own.state],
          );
          const missing = sums.find((it) => it.tenant_id === row.id)?.missing ?? 0;
          assert.equal(row.unexplainedItems, missing);
        }
        const asked = { zone: 'Asia/Kathmandu', days: 7 };
        const fleet = await listCoverage(world.as('auditor'), asked);
        for (const { tenantId } of customers) {
          const { row } = await customerPast(world.as('auditor'), { ...asked, tenantId });
          assert.deepEqual(
            fleet.rows.find(({ id }) => id === tenantId),
            row,
          );
        }
      }),
      { numRuns: 15 },
    );
  });

  it('of mailboxes are their sums', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const now = world.clock.now();
    await createMailbox(db, world, tenantId, { lastGoodAt: now, lastOutcome: 'done', items: 5 });
    await createMailbox(db, world, tenantId, { lastGoodAt: now, lastOutcome: 'done with skips' });
    await createMailbox(db, world, tenantId, { state: 'discovered' });
    await createMailbox(db, world, tenantId, { state: 'excluded', items: 90 });
    await keepFigures(world.workflow, { tenantId });
    const [row] = await listCustomers(world.as('auditor'));
    assert.deepEqual(
      [row!.mailboxes, row!.protectedCount, row!.covered, row!.withGaps, row!.failing],
      [3, 2, 2, 1, 0],
    );
  });

  it('change the stamp of the fleet when a run begins, changes and ends, and nothing else does', async () => {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const other = await createWorld(db, 'Other IT');
    const foreign = await createCustomer(db, other);
    const stamp = async () => (await stampFleet(world.as('auditor'))).stamp;
    const seen = [await stamp()];
    const run = newId();
    const at = world.clock.now().toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
      values (${world.mspId}, ${tenantId}, ${run}, ${policyId}, ${run}, 'manual', 'running', ${at})`;
    seen.push(await stamp());
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
      values (${other.mspId}, ${foreign.tenantId}, ${newId()}, ${foreign.policyId}, 'w', 'manual', 'running', ${at})`;
    assert.equal(await stamp(), seen.at(-1));
    await db.owner`update runs set state = 'done', ended_at = ${at} where id = ${run}`;
    seen.push(await stamp());
    await db.owner`update tenants set state = 'consent-lost' where id = ${tenantId}`;
    seen.push(await stamp());
    assert.equal(new Set(seen).size, 4);
    assert.ok(seen.every((text) => text.length === 32));
  });
});

describe('the text of a month', () => {
  const letters = fc.array(fc.constantFrom<Letter>('X', 'L', 'h', '.', '=', ' '), {
    maxLength: 200,
  });
  const read = (text: string): string => {
    let all = '';
    for (const { letter, end } of stretchesOf(text)) all = all.padEnd(end, letter);
    return all;
  };

  it('is read back as it was, with and without numbers', () => {
    fc.assert(
      fc.property(letters, (list) => {
        const plain = list.join('');
        const packed = plain.replace(/(.)\1+/g, (same, letter) => `${letter}${same.length}`);
        assert.equal(read(packed), plain);
        assert.equal(read(plain), plain);
        assert.equal(
          list.reduce(worse, ' '),
          stretchesOf(packed)
            .map((it) => it.letter)
            .reduce(worse, ' '),
        );
      }),
    );
  });
});
