import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operations } from '#app/api/v1/_operations/table.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { createAccount, createPlan } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox } from '#test/kit/msp.ts';
import { assertPromised, Desk, problemKind, type Send } from './desk.ts';

const connectedAt = new Date('2026-10-01T09:00:00Z');
const month = 'period=2026-11';
const pace = `${month}&basis=pace`;

describe('usage through the API', () => {
  let db: TestDatabase;
  let desk: Desk;
  let send: Send;
  let [one, two] = ['', ''];

  before(async () => {
    db = await createTestDatabase();
    desk = await Desk.open(db);
    const { world } = desk;
    const planId = await createPlan(db, world);
    await createAccount(db, world, { planId, firstDay: '2026-11-19' });
    one = (await createCustomer(db, world, { name: 'Adventure', connectedAt, externalId: 'C-1' }))
      .tenantId;
    two = (await createCustomer(db, world, { name: 'Blue Yonder', connectedAt })).tenantId;
    for (const tenantId of [one, two, two]) {
      await createMailbox(db, world, tenantId, {
        discoveredAt: connectedAt,
        lastGoodAt: new Date('2026-11-20T06:00:00Z'),
        licensed: true,
      });
    }
    for (const day of ['2026-11-19', '2026-11-20']) {
      for (const tenantId of [one, two]) {
        await observeDay(world.workflow, { tenantId, day, asSeenOn: '2026-11-20' });
      }
    }
    ({ send } = await desk.key({ scopes: ['usage.read'] }));
  });
  after(async () => {
    await desk?.close();
    await db.close();
  });

  const promised = (id: string, answer: Awaited<ReturnType<Send>>) => {
    assertPromised(operations.find((it) => it.id === id)!, answer);
    return answer;
  };

  it('a month, its customers with the ids of the books, and the mailboxes behind a figure', async () => {
    const { body: whole } = promised('getUsage', await send(`/usage?${pace}`));
    assert.deepEqual(
      [whole.through, whole.total, whole.currency, whole.hash, whole.customers],
      ['2026-11-20', '7.50', 'usd', null, 2],
    );
    const first = promised('listUsage', await send(`/usage/customers?${pace}&limit=1`)).body;
    const rest = promised(
      'listUsage',
      await send(`/usage/customers?${pace}&limit=1&cursor=${first.next}`),
    ).body;
    const [a, b] = [...first.items, ...rest.items];
    assert.equal(rest.next, null);
    assert.deepEqual([a.externalId, a.protectedMailboxes.quantity, a.amount], ['C-1', 1, '2.50']);
    assert.deepEqual([b.externalId, b.protectedMailboxes.quantity, b.amount], [null, 2, '5.00']);
    const rows: { counted: number; days: { day: string; state: string }[] }[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`;
      const path = `/customers/${two}/usage?${pace}&dimension=protected-mailboxes&limit=1${more}`;
      const { body } = promised('listMailboxUsage', await send(path));
      rows.push(...body.items);
      cursor = body.next;
    }
    assert.equal(rows.length, 2);
    for (const row of rows) {
      assert.equal(row.counted, 2);
      assert.deepEqual(
        row.days.map(({ day, state }) => `${day} ${state}`),
        ['2026-11-19 protected', '2026-11-20 protected'],
      );
    }
    assert.deepEqual(promised('listInvoices', await send('/invoices')).body.items, []);
  });

  it('a statement as a file in each form, of the account and of one customer', async () => {
    for (const as of ['csv', 'json', 'pdf']) {
      promised('getStatement', await send(`/statement?${month}&as=${as}`));
    }
    const { body } = await send(`/statement?${month}&as=csv`);
    for (const name of ['Adventure', 'Blue Yonder', 'C-1']) assert.ok(String(body).includes(name));
    const own = await send(`/customers/${one}/statement?${month}&as=csv`);
    promised('getCustomerStatement', own);
    assert.ok(String(own.body).includes('Adventure'));
    assert.ok(!String(own.body).includes('Blue Yonder'));
  });

  it('a key for some customers is told of those, no amounts and no statement of the whole', async () => {
    const some = await desk.key({ scopes: ['usage.read'], customers: [one] });
    const { body: whole } = await some.send(`/usage?${pace}`);
    assert.deepEqual([whole.total, whole.customers], [null, 1]);
    const { body } = await some.send(`/usage/customers?${pace}`);
    assert.deepEqual(
      body.items.map((it: { customerId: string; amount: string | null }) => [
        it.customerId,
        it.amount,
      ]),
      [[one, null]],
    );
    assert.equal(body.items[0].protectedMailboxes.quantity, null);
    for (const path of [
      `/statement?${month}&as=csv`,
      `/customers/${one}/statement?${month}&as=csv`,
      `/customers/${two}/statement?${month}&as=csv`,
      `/customers/${two}/usage?${month}&dimension=protected-mailboxes`,
    ]) {
      assert.equal(problemKind(await some.send(path)), 'not-found', path);
    }
  });

  it('a month, a form or a dimension that is none names the parameter', async () => {
    for (const [path, parameter] of [
      ['/usage', 'period'],
      ['/usage?period=2026-13', 'period'],
      [`/usage?${month}&basis=guess`, 'basis'],
      [`/statement?${month}&as=xls`, 'as'],
      [`/customers/${one}/usage?${month}&dimension=love`, 'dimension'],
    ]) {
      const answer = await send(path!);
      assert.equal(problemKind(answer), 'invalid-request', path);
      assert.equal(answer.body.errors[0].parameter, parameter);
    }
  });
});
