import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Statement } from '#lib/billing/statement.ts';
import { AppError } from '#lib/core/errors.ts';
import { billDirectly, stopDirect } from '#lib/services/billing/bill-directly.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { listResalePrices, saveResalePrices } from '#lib/services/billing/resale-prices.ts';
import { simulatePrices } from '#lib/services/billing/simulate.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { fenced, wholeReach } from '#lib/services/reach.ts';
import { explainLine } from '#lib/services/usage/explain-line.ts';
import { listUsage } from '#lib/services/usage/list.ts';
import { mailboxDays } from '#lib/services/usage/mailbox-days.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { getStatement } from '#lib/services/usage/statement.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { createAccount, createPlan, terms } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

const connectedAt = new Date('2026-10-01T09:00:00Z');
const period = '2026-11';

describe('a month as people read it', () => {
  let db: TestDatabase;
  let world: World;
  let owner: ServiceContext;
  let [one, two] = ['', ''];
  let accountId = '';

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());
  beforeEach(async () => {
    world = await createWorld(db);
    owner = world.as('owner');
    const planId = await createPlan(db, world, { minimum: '5.00' });
    accountId = await createAccount(db, world, { planId, firstDay: '2026-11-19' });
    one = (await createCustomer(db, world, { connectedAt })).tenantId;
    two = (await createCustomer(db, world, { connectedAt })).tenantId;
    for (const tenantId of [one, two, two]) {
      await createMailbox(db, world, tenantId, {
        discoveredAt: connectedAt,
        lastGoodAt: new Date('2026-11-20T06:00:00Z'),
        licensed: true,
      });
    }
    for (const day of ['2026-11-19', '2026-11-20']) {
      for (const tenantId of [one, two])
        await observeDay(world.workflow, { tenantId, day, asSeenOn: '2026-11-20' });
    }
  });

  const json = async (ctx: ServiceContext, more: object = {}) =>
    JSON.parse(
      (await getStatement(ctx, { period, as: 'json', ...more })).body as string,
    ) as Statement;
  /** Of the billing staff, and for one customer alone. */
  const assignedTo = (tenantId: string): ServiceContext => {
    const reach = { ...wholeReach, customers: [tenantId] };
    const ctx = world.as('billing');
    assert.ok(ctx.actor.kind === 'user');
    return { ...ctx, actor: { ...ctx.actor, reach }, db: fenced(db.user, reach) };
  };
  const isRefused = (code: string) => (err: unknown) =>
    err instanceof AppError && err.code === code;

  it('customers together are the line, at the average of the days there are', async () => {
    const { total, customers, through } = await listUsage(owner, { period, basis: 'pace' });
    assert.equal(total?.divisor, 2);
    assert.equal(through, '2026-11-20');
    assert.equal(total?.lines[0]?.quantity, 3);
    assert.equal(total?.total, '7.50');
    const sum = customers.reduce((all, { amount }) => all + Number(amount), 0);
    assert.equal(sum, 7.5);
    const accrued = await listUsage(owner, { period });
    // Three mailboxes on two of thirty days are 0.2, which rounds to none; the minimum stays.
    assert.equal(accrued.total?.lines[0]?.quantity, 0);
    const { own } = await overview(owner, null);
    assert.equal(own?.pace === null, false);
  });

  it('a line leads to its mailboxes and days, and says what it is a part of', async () => {
    const line = await explainLine(owner, {
      period,
      tenantId: two,
      dimension: 'protected-mailboxes',
      basis: 'pace',
      show: 'all',
    });
    assert.deepEqual(line.totals, [2, 2]);
    assert.equal(line.unitDays, '4');
    assert.equal(line.whole?.quantity, 3);
    assert.equal(line.amount, '5.00');
    assert.equal(line.rows.length, 2);
    const days = await mailboxDays(owner, {
      period,
      tenantId: two,
      subject: line.rows[0]!.subject,
    });
    assert.deepEqual(
      days.days.map(({ day, state }) => `${day} ${state}`),
      ['2026-11-19 protected', '2026-11-20 protected'],
    );
  });

  it('is a file whose rows sum to its total, in each of the three forms', async () => {
    const statement = await json(owner);
    assert.equal(statement.state, 'running');
    // Of twelve of thirty days, the minimum of 5.00 is 2.00.
    assert.equal(statement.total, '2.00');
    const sum = statement.rows.reduce((all, { amount }) => all + Number(amount), 0);
    assert.equal(sum, 2);
    const { body } = await getStatement(owner, { period, as: 'csv' });
    assert.ok((body as string).includes(statement.hash));
    const pdf = await getStatement(owner, { period, as: 'pdf' });
    assert.equal(
      Buffer.from(pdf.body as Uint8Array)
        .subarray(0, 5)
        .toString(),
      '%PDF-',
    );
  });

  it('at a resale list it says what customers owe, each of them alone if asked', async () => {
    const flat = (unitPrice: string) => ({
      mode: 'graduated' as const,
      tiers: [{ upTo: null, unitPrice, flat: '0' }],
    });
    const resale = { ...terms, prices: { 'protected-mailboxes': flat('60.00') }, billed: [] };
    const { planId } = await saveResalePrices(owner, { name: 'Gold', terms: resale });
    const [list] = await listResalePrices(owner);
    assert.equal(list?.versions[0]?.createdBy, 'Mira Keller');
    const statement = await json(owner, { planId });
    assert.equal(statement.plan.name, 'Gold');
    const mine = await json(owner, { planId, tenantId: two });
    assert.equal(mine.complete, false);
    assert.ok(mine.rows.every(({ tenantId }) => tenantId === two));
    const other = { ...resale, prices: { 'protected-mailboxes': flat('90.00') } };
    const simulated = await simulatePrices(owner, { period, planId, terms: other });
    assert.equal(simulated.current.lines[0]?.steps[0]?.unitPrice, '60.00');
  });

  it('a part of an account is nobody’s statement, and what was never there is not found', async () => {
    const assigned = assignedTo(one);
    await assert.rejects(getStatement(assigned, { period, as: 'json' }), isRefused('not-found'));
    await assert.rejects(
      getStatement(assigned, { period, as: 'json', tenantId: two }),
      isRefused('not-found'),
    );
    await assert.rejects(verifyLedger(assigned, {}), isRefused('not-found'));
    const seen = await listUsage(assigned, { period, basis: 'pace' });
    assert.deepEqual(
      seen.customers.map(({ tenantId, amount }) => ({ tenantId, amount })),
      [{ tenantId: one, amount: null }],
    );
    assert.equal(seen.total, null);
  });

  it('a customer that has subscribed pays for itself from the next month on, and comes back', async () => {
    const { from } = await billDirectly(owner, { tenantId: two });
    assert.equal(from, '2026-12');
    await assert.rejects(billDirectly(owner, { tenantId: two }), isRefused('conflict'));
    const now = await listUsage(owner, { period });
    assert.ok(now.customers.every(({ direct }) => !direct));
    const unpaid = await listUsage(owner, { period: '2026-12' });
    assert.ok(unpaid.customers.every(({ direct }) => !direct));
    // Until it has subscribed, the provider pays.
    await db.owner`update billing_accounts set stripe_subscription_id = 'sub_two' where tenant_id = ${two}`;
    const later = await listUsage(owner, { period: '2026-12' });
    assert.deepEqual(
      later.customers.filter(({ direct }) => direct).map(({ tenantId }) => tenantId),
      [two],
    );
    assert.equal((await stopDirect(owner, { tenantId: two })).until, '2026-12');
    const again = await listUsage(owner, { period: '2026-12' });
    assert.ok(again.customers.every(({ direct }) => !direct));
    await assert.rejects(stopDirect(owner, { tenantId: two }), isRefused('conflict'));
    assert.equal(accountId.length, 36);
  });

  it('the chain of no closed month is whole', async () => {
    assert.deepEqual(await verifyLedger(owner, {}), { intact: true, periods: 0, findings: [] });
  });
});
