import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '#db/client.ts';
import { addOperatorVersion, listOperatorPlans } from '#lib/services/billing/operator-plans.ts';
import { terms } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createTestClock } from '#test/kit/msp.ts';

describe("the operator's price lists", () => {
  let db: TestDatabase;
  let owner: ReturnType<typeof openDatabase>;
  const clock = createTestClock('2026-11-20T12:00:00.000Z');
  const add = (more: Partial<Parameters<typeof addOperatorVersion>[2]> = {}, by = owner) =>
    addOperatorVersion(by, clock, {
      name: 'Standard',
      mspId: null,
      from: '2026-01',
      terms,
      by: 'test',
      ...more,
    });

  before(async () => {
    db = await createTestDatabase();
    owner = openDatabase(db.url.owner, { connections: 1 });
  });
  after(async () => {
    await owner.close();
    await db.close();
  });

  it('a first version may begin in the past, a later one with a month that has not begun', async () => {
    const first = await add();
    assert.equal(first.version, 1);
    for (const from of ['2026-11', '2026-02']) {
      await assert.rejects(add({ from }), { code: 'conflict' });
    }
    const second = await add({ from: '2026-12', terms: { ...terms, minimum: '20.00' } });
    assert.deepEqual(second, { planId: first.planId, version: 2 });
    const [plan] = await listOperatorPlans(owner);
    assert.deepEqual(
      plan!.versions.map(({ version, from, terms: kept }) => [version, from, kept.minimum]),
      [
        [1, '2026-01', null],
        [2, '2026-12', '20.00'],
      ],
    );
  });

  it('a plan keeps its currency, since subscriptions to it do', async () => {
    const from = '2027-03';
    await assert.rejects(add({ from, terms: { ...terms, currency: 'eur' } }), {
      code: 'conflict',
      message: /"Standard" is in USD.*Nothing was changed/,
    });
    const other = await add({ name: 'Euro', from, terms: { ...terms, currency: 'eur' } });
    assert.equal(other.version, 1);
    const [plan] = await listOperatorPlans(owner);
    assert.equal(plan!.versions.length, 2);
  });

  it('terms that make no sense, and months that are none, are refused with their place', async () => {
    await assert.rejects(add({ name: 'Odd', terms: { ...terms, currency: 'zzz' } }), {
      code: 'input.invalid',
      message: /^currency: /,
    });
    await assert.rejects(add({ name: 'Odd', terms: { ...terms, prices: {} } }), {
      code: 'input.invalid',
    });
    await assert.rejects(add({ name: 'Odd', from: '2026-13' }), { code: 'input.invalid' });
    assert.ok((await listOperatorPlans(owner)).every(({ name }) => name !== 'Odd'));
  });

  it('is a door that the portal and the worker do not fit through', async () => {
    for (const process of [db.user, db.worker]) {
      await assert.rejects(add({ name: 'Cheap' }, process));
      await assert.rejects(listOperatorPlans(process));
    }
  });
});
