import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { customerLines } from '#app/(portal)/customers/parts/customer-lines.ts';
import { incidentPositionOf, incidentPositionText } from '#app/(portal)/parts/incident-position.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { listAssigned } from '#lib/services/customers/assigned.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { customersNow } from '#lib/services/incidents/customers-now.ts';
import { incidentGroups } from '#lib/services/incidents/input.ts';
import { nightOfFleet } from '#lib/services/incidents/night.ts';
import { pageOfIncidents } from '#lib/services/incidents/page.ts';
import { snoozeIncident } from '#lib/services/incidents/snooze.ts';
import { tonight } from '#lib/services/incidents/tonight.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { isShown } from '#lib/services/mailboxes/rules.ts';
import { listAllRuns } from '#lib/services/runs/list-all.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

const hour = 3_600_000;

describe('the numbers of Tonight', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  async function addRun(
    world: World,
    { tenantId, policyId }: { tenantId: string; policyId: string },
    run: { state: string; hours: number; enumerated?: number; stored?: number },
  ): Promise<void> {
    const id = newId();
    const at = addMs(world.clock.now(), -run.hours * hour).toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, ended_at, enumerated, stored)
      values (${world.mspId}, ${tenantId}, ${id}, ${policyId}, ${id}, 'schedule', ${run.state}, ${at},
        ${run.state === 'running' ? null : at}, ${run.enumerated ?? 0}, ${run.stored ?? 0})`;
  }

  /** Customers in every state, some of them with several causes at once. */
  async function createFleet(): Promise<{ world: World; tenantIds: string[] }> {
    const world = await createWorld(db);
    const now = world.clock.now();
    const tenantIds: string[] = [];
    const add = async (
      name: string,
      boxes: { hours: number | null; outcome: string | null; state?: 'discovered' }[],
      more: Parameters<typeof createCustomer>[2] = {},
    ) => {
      const customer = await createCustomer(db, world, { name, ...more });
      tenantIds.push(customer.tenantId);
      for (const { hours, outcome, state } of boxes)
        await createMailbox(db, world, customer.tenantId, {
          state: state ?? 'protected',
          lastGoodAt: hours === null ? null : addMs(now, -hours * hour),
          lastOutcome: outcome,
        });
      return customer;
    };
    const good = { hours: 1, outcome: 'done' };
    for (let n = 0; n < 3; n++) {
      const quiet = await add(`Quiet ${n}`, [good, good]);
      for (const app of ['backup', 'restore'])
        await db.owner`insert into connections (msp_id, tenant_id, id, app, state, verified_at, created_at)
          values (${world.mspId}, ${quiet.tenantId}, ${newId()}, ${app}, 'connected', ${now.toISOString()}, ${now.toISOString()})`;
      await addRun(world, quiet, { state: 'done', hours: 1, enumerated: 9, stored: 9 });
    }
    const mixed = await add('Mixed', [
      good,
      { hours: 30, outcome: 'done' },
      { hours: 2, outcome: 'throttled' },
      { hours: 40, outcome: 'unbalanced' },
      { hours: null, outcome: null },
      { hours: null, outcome: 'throttled' },
      { hours: null, outcome: null, state: 'discovered' },
    ]);
    await addRun(world, mixed, { state: 'incomplete', hours: 2, enumerated: 20, stored: 13 });
    await addRun(world, mixed, { state: 'running', hours: 0.1 });
    const young = await add('Young', [good, { hours: null, outcome: null }]);
    await addRun(world, young, { state: 'done', hours: 3, enumerated: 5, stored: 1 });
    await addRun(world, young, { state: 'cancelled', hours: 1 });
    const failed = await add('Failed', [{ hours: 20, outcome: 'done' }]);
    await addRun(world, failed, { state: 'failed', hours: 1 });
    await add('Lost', [{ hours: 90, outcome: 'done' }], { state: 'consent-lost' });
    await add('Waiting', [], { state: 'connecting', connectedAt: null });
    for (const tenantId of tenantIds.slice(0, -1)) await keepFigures(world.workflow, { tenantId });
    return { world, tenantIds };
  }

  const see = (world: World) => tonight(world.as('technician'), { zone: 'Europe/Berlin', days: 7 });

  it('lead to lists with exactly that many lines', async () => {
    const { world } = await createFleet();
    const ctx = world.as('technician');
    const { needYou, figures, quiet, customers } = await see(world);
    const night = await nightOfFleet(ctx, { zone: 'Europe/Berlin' });
    const now = world.clock.now();
    await snoozeIncident(ctx, {
      tenantId: needYou[0]!.customers[0]!.id,
      cause: needYou[0]!.cause,
      until: '1d',
      reason: 'waits for their administrator',
    });
    const after = await see(world);
    for (const [group, count] of [
      ['all', after.needYou.length],
      ['wait', after.canWait.length],
      ['asleep', after.asleep.length],
    ] as const) {
      const page = await pageOfIncidents(ctx, { group, limit: 100 });
      assert.equal(page.incidents.length, count, group);
      assert.equal(page.total, count);
      assert.ok(count > 0, group);
    }
    const facts = {
      customers: await listCustomers(ctx),
      staff: await listAssigned(ctx),
      tonight: await customersNow(ctx),
    };
    assert.equal(customerLines(facts, {}, now).length, customers);
    assert.equal(customerLines(facts, { show: 'quiet' }, now).length, after.quiet);
    assert.ok(quiet >= 3);
    const outside = customerLines(facts, { show: 'outside' }, now);
    assert.deepEqual(
      outside.map((line) => [line.customer.id, line.outside]).sort(),
      figures.outside.map(({ id, count }) => [id, count]).sort(),
    );
    let counted = 0;
    for (const { id, count } of figures.outside) {
      const boxes = await listMailboxes(ctx, { tenantId: id });
      assert.equal(boxes.filter((box) => isShown(box, 'outside')).length, count);
      counted += count;
    }
    assert.equal(figures.protected - figures.within, counted);
    const stored = customerLines(facts, { sort: 'stored' }, now).map((it) => it.customer);
    assert.equal(
      stored.reduce((sum, it) => sum + (it.storedBytes ?? 0), 0),
      figures.storedBytes,
    );
    const unexplained = await listAllRuns(ctx, { show: 'unexplained' });
    assert.equal(
      unexplained.reduce((sum, { counts }) => sum + counts.enumerated - counts.stored, 0),
      figures.unexplainedItems,
    );
    assert.equal(unexplained.length, 2);
    const since = night.from;
    const runsOf = async (show: 'all' | 'copied' | 'open' | 'stopped') =>
      (await listAllRuns(ctx, { show, since })).length;
    const sum = (pick: (slot: (typeof night.slots)[number]) => number) =>
      night.slots.reduce((total, slot) => total + pick(slot), 0);
    assert.equal(await runsOf('all'), night.total);
    assert.equal(
      await runsOf('copied'),
      sum((slot) => slot.complete),
    );
    assert.equal(
      await runsOf('open'),
      sum((slot) => slot.running),
    );
    assert.equal(
      await runsOf('stopped'),
      sum((slot) => slot.stopped),
    );
  });

  it('pages of incidents follow each other without a gap, also when what ended a page is over', async () => {
    const { world } = await createFleet();
    const ctx = world.as('technician');
    for (const group of incidentGroups) {
      const whole = await pageOfIncidents(ctx, { group, limit: 100 });
      const seen: string[] = [];
      let after: Parameters<typeof pageOfIncidents>[1]['after'];
      for (let page = 0; page < 100; page++) {
        const { incidents, next, total } = await pageOfIncidents(ctx, { group, after, limit: 2 });
        assert.equal(total, whole.total);
        seen.push(...incidents.map(({ customers, cause }) => `${customers[0]!.id} ${cause}`));
        if (next === null) break;
        // As it goes through the address of the next page.
        after = incidentPositionOf(incidentPositionText(next));
        assert.deepEqual(after, next);
      }
      assert.deepEqual(
        seen,
        whole.incidents.map(({ customers, cause }) => `${customers[0]!.id} ${cause}`),
      );
    }
    const { incidents } = await pageOfIncidents(ctx, { group: 'all', limit: 100 });
    const first = incidents[0]!;
    const over = await pageOfIncidents(ctx, {
      group: 'all',
      after: {
        kind: first.kind,
        mailboxes: first.mailboxes,
        tenantId: first.customers[0]!.id,
        cause: 'gone-by-now',
      },
      limit: 100,
    });
    assert.ok(over.incidents.length >= incidents.length - 1);
  });

  it('takes nothing for a position that is none', () => {
    for (const text of [undefined, '', 'late', 'late.x.y.z', 'no-kind.1..c', 'late.1.zz.c'])
      assert.equal(incidentPositionOf(text), undefined);
  });

  it('say that they are old when a customer has not reported in time', async () => {
    const { world } = await createFleet();
    assert.equal((await see(world)).figures.stale, 0);
    world.clock.advance(10 * hour);
    const { figures } = await see(world);
    // Of those whose permission is lost, or who are not connected yet, nobody expects a report.
    assert.deepEqual([figures.stale, figures.customers], [6, 8]);
  });

  it('are those of the customers one has to do with', async () => {
    const { world, tenantIds } = await createFleet();
    const other = await createWorld(db, 'Other IT');
    const page = await pageOfIncidents(other.as('owner'), { group: 'all' });
    assert.deepEqual([page.incidents, page.total], [[], 0]);
    assert.deepEqual(await customersNow(other.as('owner')), { quiet: [], outside: [] });
    await assert.rejects(pageOfIncidents(world.as('mailbox-owner'), { group: 'all' }), {
      code: 'forbidden',
    });
    assert.equal(tenantIds.length, 8);
  });
});
