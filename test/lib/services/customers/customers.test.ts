import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Role } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { listAssigned } from '#lib/services/customers/assigned.ts';
import { discoverMailboxes } from '#lib/services/customers/discover-mailboxes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { initialsOf } from '#lib/services/customers/view.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { fenced } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';
import { createMember } from '#test/kit/people.ts';
import { createTestProbe, directoryMailbox } from '#test/kit/probe.ts';

describe('customers', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('a new customer is connecting, with a link that is told once and lives a day', async () => {
    const world = await createWorld(db);
    const added = await addCustomer(world.as('technician'), { name: '  Contoso  ' });
    assert.equal(added.expiresAt.getTime() - world.clock.now().getTime(), 24 * 60 * 60_000);
    const [row] = await listCustomers(world.as('owner'));
    assert.deepEqual(
      [row?.id, row?.name, row?.initials, row?.state, row?.lastRun],
      [added.tenantId, 'Contoso', 'CO', 'connecting', null],
    );
    // Nobody has counted yet, and that is not the same as none.
    assert.deepEqual([row?.asOf, row?.mailboxes, row?.storedBytes], [null, null, null]);
    for (const name of ['', '   ', 'x'.repeat(201)]) {
      await assert.rejects(addCustomer(world.as('owner'), { name }), { code: 'input.invalid' });
    }
  });

  it('who looks after which customer: staff are told of those they reach, customers are not', async () => {
    const world = await createWorld(db);
    const [mine, other] = await Promise.all([1, 2].map(() => createCustomer(db, world)));
    const both = [mine!.tenantId, other!.tenantId].sort();
    const wide = await createMember(db, world, 'technician', both);
    await createMember(db, world, 'technician', [other!.tenantId]);
    assert.equal((await listAssigned(world.as('technician'))).length, 2);
    const reach = { customers: [mine!.tenantId], mailboxes: 'all' as const };
    const as = (role: Role) => {
      const ctx = world.as(role);
      return { ...ctx, actor: { ...ctx.actor, reach }, db: fenced(db.user, reach) } as typeof ctx;
    };
    assert.deepEqual(
      (await listAssigned(as('technician'))).map(({ subject, customers }) => [subject, customers]),
      [[wide.subject, [mine!.tenantId]]],
    );
    await assert.rejects(listAssigned(as('administrator')), { code: 'forbidden' });
  });

  it('figures count what is covered, and name what nobody can explain', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const early = new Date('2026-11-20T00:00:00Z');
    const late = new Date('2026-11-21T00:00:00Z');
    await createMailbox(db, world, tenantId, { lastGoodAt: late, bytes: 100, lastOutcome: 'done' });
    await createMailbox(db, world, tenantId, { lastGoodAt: early, bytes: 50, lastOutcome: 'done' });
    await createMailbox(db, world, tenantId, { lastOutcome: 'source.refused' });
    await createMailbox(db, world, tenantId);
    await createMailbox(db, world, tenantId, { state: 'excluded' });
    await createMailbox(db, world, tenantId, { state: 'sealed', lastGoodAt: early, bytes: 7 });
    const customer = await getCustomer(world.as('owner'), { tenantId });
    assert.deepEqual(customer.figures, {
      lastGoodAt: late,
      covered: 3,
      total: 5,
      sealed: 1,
      items: 0,
      unexplained: 1,
      storedBytes: 0,
      rawBytes: 157,
      freeBytes: null,
      measuredAt: null,
    });
    assert.deepEqual([customer.mailboxes, customer.protectedCount], [5, 4]);
    assert.deepEqual(customer.oldestGoodAt, early);

    // The list shows what the worker kept, with its age.
    await keepFigures(world.workflow, { tenantId });
    const at = world.clock.now();
    world.clock.advance(60_000);
    await keepFigures(world.workflow, { tenantId }, { olderThanMs: 120_000 });
    const [row] = await listCustomers(world.as('owner'));
    assert.deepEqual(
      [row?.asOf, row?.mailboxes, row?.protectedCount, row?.covered, row?.failing, row?.rawBytes],
      [at, 5, 4, 3, 1, 157],
    );
  });

  it('the last run of each customer is its newest, whatever ran elsewhere', async () => {
    const world = await createWorld(db);
    const expected = new Map<string, string>();
    for (const name of ['Contoso', 'Fabrikam', 'Litware']) {
      const { tenantId, policyId } = await createCustomer(db, world, { name });
      for (const state of name === 'Litware' ? [] : ['failed', 'done', 'running']) {
        const id = newId();
        world.clock.advance(1000);
        await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
          values (${world.mspId}, ${tenantId}, ${id}, ${policyId}, ${id}, 'schedule', ${state}, ${world.clock.now().toISOString()})`;
        expected.set(name, id);
      }
    }
    const rows = await listCustomers(world.as('owner'));
    assert.deepEqual(
      rows.map((row) => [row.name, row.lastRun?.id, row.lastRun?.state]),
      ['Contoso', 'Fabrikam', 'Litware'].map((name) => [
        name,
        expected.get(name),
        expected.has(name) ? 'running' : undefined,
      ]),
    );
  });

  it('discovery adds, renames and seals; a mailbox that comes back is protected again', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const adele = directoryMailbox({ displayName: 'Adele Vance' });
    const room = directoryMailbox({ displayName: 'Room 1', kind: 'room' });
    const probe = createTestProbe([adele, room]);
    const discover = () => discoverMailboxes(world.workflow, { tenantId }, probe);
    const states = async () =>
      (await listMailboxes(world.as('owner'), { tenantId })).map(
        (row) => `${row.name} ${row.state}`,
      );

    assert.deepEqual(await discover(), { found: 2, added: 2, sealed: 0 });
    assert.deepEqual(await discover(), { found: 2, added: 0, sealed: 0 });
    const [before] = await listMailboxes(world.as('owner'), { tenantId });

    probe.answers.mailboxes = [{ ...room, displayName: 'Room One' }];
    assert.deepEqual(await discover(), { found: 1, added: 0, sealed: 1 });
    assert.deepEqual(await states(), ['Adele Vance sealed', 'Room One protected']);
    assert.deepEqual(await discover(), { found: 1, added: 0, sealed: 0 });

    probe.answers.mailboxes = [adele, room];
    assert.deepEqual(await discover(), { found: 2, added: 0, sealed: 0 });
    assert.deepEqual(await states(), ['Adele Vance protected', 'Room 1 protected']);
    const [after] = await listMailboxes(world.as('owner'), { tenantId });
    assert.equal(after?.id, before?.id);
  });

  it('an empty answer of Microsoft seals nobody', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    await createMailbox(db, world, tenantId);
    const empty = createTestProbe([]);
    await assert.rejects(discoverMailboxes(world.workflow, { tenantId }, empty), {
      code: 'source.unavailable',
    });
    const [row] = await listMailboxes(world.as('owner'), { tenantId });
    assert.equal(row?.state, 'protected');
  });

  it('an incomplete list seals nobody but those of whom Microsoft says that they are gone', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const listed = directoryMailbox({ displayName: 'Listed' });
    const unlisted = directoryMailbox({ displayName: 'Unlisted' });
    const leaver = directoryMailbox({ displayName: 'Leaver' });
    const probe = createTestProbe([listed, unlisted, leaver]);
    const warned: unknown[] = [];
    const log = {
      ...world.workflow.deps.log,
      warn: (_: string, facts?: object) => warned.push(facts),
    };
    const ctx = { ...world.workflow, deps: { ...world.workflow.deps, log } };
    const discover = () => discoverMailboxes(ctx, { tenantId }, probe);
    const states = async () =>
      (await listMailboxes(world.as('owner'), { tenantId })).map(
        (row) => `${row.name} ${row.state}`,
      );
    await discover();
    probe.answers.mailboxes = [listed];
    probe.answers.userExists = async () => {
      throw new AppError('source.unavailable', 'No answer.', { retryable: true });
    };
    assert.deepEqual(await discover(), { found: 1, added: 0, sealed: 0 });
    assert.deepEqual(warned, [{ tenantId, found: 1, kept: 2 }]);
    probe.answers.userExists = async (id) => id === unlisted.entraUserId;
    assert.deepEqual(await discover(), { found: 1, added: 0, sealed: 1 });
    assert.deepEqual(await states(), ['Leaver sealed', 'Listed protected', 'Unlisted protected']);
  });

  it('a run that is cancelled does not wait for the whole list', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const stop = new AbortController();
    let listed = 0;
    const probe = {
      async *mailboxes() {
        for (;;) {
          if (++listed === 2) stop.abort(new Error('cancelled'));
          yield directoryMailbox();
        }
      },
      userExists: async () => true,
    };
    await assert.rejects(
      discoverMailboxes(world.workflow, { tenantId }, probe, stop.signal),
      /cancelled/,
    );
    assert.deepEqual(await listMailboxes(world.as('owner'), { tenantId }), []);
  });

  it('what people excluded stays excluded', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const entraUserId = newId();
    await createMailbox(db, world, tenantId, { entraUserId, state: 'excluded' });
    const probe = createTestProbe([directoryMailbox({ entraUserId })]);
    await discoverMailboxes(world.workflow, { tenantId }, probe);
    const [row] = await listMailboxes(world.as('owner'), { tenantId });
    assert.equal(row?.state, 'excluded');
  });

  it('initials come from words, in any script', () => {
    assert.deepEqual(
      ['Contoso', 'Northwind IT', 'Café de Ville', 'a', '株式会社', 'x-y'].map(initialsOf),
      ['CO', 'NI', 'CD', 'A', '株式', 'XY'],
    );
  });
});
