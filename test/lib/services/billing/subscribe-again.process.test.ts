import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { billDirectly } from '#lib/services/billing/bill-directly.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { startCheckout } from '#lib/services/billing/start-checkout.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { holdClose } from '#lib/services/closing/hold-close.ts';
import { writeOff } from '#lib/services/closing/write-off.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

const pages = { successUrl: 'http://portal.test/back', cancelUrl: 'http://portal.test/billing' };
const card = { number: '4242424242424242', email: 'books@example.com' };

const { db, sink, stop } = await startBillingServers();

describe('subscribing more than once', () => {
  let billed: BilledAccount;

  after(stop);
  beforeEach(async () => {
    billed = await createBilledAccount(db, sink);
  });

  const row = async (accountId = billed.accountId) => {
    const [found] = await db.owner`select * from billing_accounts where id = ${accountId}`;
    return found!;
  };
  const sync = () => syncAccount(billed.world.workflow, { accountId: billed.accountId }, sink);
  const cancel = async (uninvoiced = false) => {
    const subscriptionId = (await row()).stripe_subscription_id;
    await sink.cancelSubscription({ subscriptionId, when: 'now', uninvoiced });
  };
  /** As before anybody subscribed. */
  const forget = async () => {
    await cancel(true);
    await db.owner`update billing_accounts set stripe_subscription_id = null, state = 'none',
      first_day = null, started_period = null where id = ${billed.accountId}`;
  };
  const checkout = (attempt: string) =>
    startCheckout(billed.world.as('owner'), { attempt }, sink, pages);
  const goThrough = async (url: string) => {
    const sent = { method: 'POST', body: new URLSearchParams(card), redirect: 'manual' } as const;
    return (await fetch(url, sent)).status;
  };
  const running = async () => {
    const known = await sink.listSubscriptions((await row()).stripe_customer_id);
    return known.filter(({ state }) => state !== 'ended').length;
  };
  const invoiced = async (period = '2026-10') => {
    const all = await sink.listInvoices({ customerId: (await row()).stripe_customer_id });
    return all
      .filter((one) => one.period === period && one.reason !== 'subscription_create')
      .map(({ state, total }) => `${state} ${total}`)
      .sort();
  };

  it('two people who ask for a page get the same one', async () => {
    await forget();
    const [one, other] = await Promise.all([checkout('aaaaaaaaaaaa'), checkout('bbbbbbbbbbbb')]);
    assert.equal((await checkout('cccccccccccc')).url, one.url);
    assert.equal(other.url, one.url);
    assert.equal(await goThrough(one.url), 303);
    assert.equal(await running(), 1);
  });

  it('once somebody is through, nobody gets another page, even before Stripe’s notice of it', async () => {
    await forget();
    await goThrough((await checkout('aaaaaaaaaaaa')).url);
    await assert.rejects(checkout('bbbbbbbbbbbb'), { code: 'conflict' });
  });

  it('of two subscriptions one ends, and the month is billed once', async () => {
    const { world, accountId } = billed;
    const { customerId, catalogue } = await prepareAccount(world.workflow, accountId, sink);
    const { subscription_items } = await row();
    const first = (await row()).stripe_subscription_id;
    const page = await sink.checkout({ ...pages, accountId, customerId, catalogue, key: 'other' });
    assert.equal(await goThrough(page.url), 303);
    assert.equal(await running(), 2);
    await sync();
    await sync();
    assert.equal(await running(), 1);
    const after = await row();
    assert.deepEqual(
      [after.stripe_subscription_id, after.subscription_items, after.state],
      [first, subscription_items, 'active'],
    );
    await billed.moveTo('2026-11-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-10'), 'final');
    await billed.moveTo('2026-11-01T03:00:00Z');
    assert.deepEqual(await invoiced(), ['paid 7.50']);
  });

  it('a page that was left does not stand in the way of the next, after one that ended', async () => {
    await cancel();
    await sync();
    await checkout('aaaaaaaaaaaa');
    assert.equal((await row()).state, 'ended');
    await db.owner`update billing_accounts set state = 'checkout' where id = ${billed.accountId}`;
    const { url } = await checkout('bbbbbbbbbbbb');
    assert.equal(await goThrough(url), 303);
    await sync();
    assert.equal((await row()).state, 'active');
  });

  it('one that ended and one made after it bill a month once between them', async () => {
    await billed.moveTo('2026-10-16T02:00:00Z');
    await billed.day();
    await cancel();
    await sync();
    await goThrough((await checkout('aaaaaaaaaaaa')).url);
    await sync();
    await billed.moveTo('2026-11-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-10'), 'final');
    await billed.moveTo('2026-11-01T03:00:00Z');
    assert.deepEqual(await invoiced(), ['paid 2.50', 'paid 5.00']);
  });

  for (const uninvoiced of [true, false]) {
    it(`a month that ${uninvoiced ? 'no' : 'half an'} invoice bills is held, not called final`, async () => {
      await billed.moveTo('2026-10-16T02:00:00Z');
      await billed.day();
      await cancel(uninvoiced);
      await sync();
      await billed.moveTo('2026-11-01T00:30:00Z');
      await billed.day();
      await billed.close('2026-10');
      const [closing] = await db.owner`select state, reason from billing_closings
        where account_id = ${billed.accountId} and period = '2026-10'`;
      assert.equal(closing?.state, 'held');
      assert.match(closing?.reason ?? '', /subscription ended/);
      assert.deepEqual(await invoiced(), uninvoiced ? [] : ['paid 2.50']);
      // It is looked at again every night, and stays as it is.
      assert.notEqual(await billed.close('2026-10'), 'not due');
    });
  }

  it('what an ended subscription left out is written off once somebody says why, and carried nowhere', async () => {
    const { world, accountId } = billed;
    const owner = world.as('owner');
    const month = { accountId, period: '2026-10', reason: 'Invoiced by hand, 2026-117.' };
    await billed.moveTo('2026-10-16T02:00:00Z');
    await billed.day();
    await cancel();
    await sync();
    await billed.moveTo('2026-11-01T03:00:00Z');
    await billed.day();
    await assert.rejects(writeOff(owner, month), { code: 'not-found' });
    await billed.close('2026-10');
    await assert.rejects(writeOff(owner, { ...month, reason: ' ' }), { code: 'input.invalid' });
    await assert.rejects(writeOff(world.as('technician'), month), { code: 'forbidden' });
    await assert.rejects(writeOff((await createWorld(db)).as('owner'), month), {
      code: 'not-found',
    });
    await writeOff(owner, month);
    await assert.rejects(writeOff(owner, month), { code: 'conflict' });
    const [closing] = await db.owner`select state, step, reason, held_since from billing_closings
      where account_id = ${accountId} and period = '2026-10'`;
    assert.deepEqual(
      { ...closing },
      {
        state: 'finalised',
        step: 'written-off',
        reason: month.reason,
        held_since: null,
      },
    );
    const [{ facts } = { facts: null }] = await db.owner`select facts from audit_events
      where msp_id = ${world.mspId} and action = 'billing.write-off'`;
    // 15 of 31 days are on the invoice that the subscription ended with.
    assert.deepEqual(facts, { period: '2026-10', amount: '5.00 USD', reason: month.reason });
    assert.equal(await billed.close('2026-10'), 'not due');
    // A story that is under way holds it no more.
    await holdClose(world.workflow, { accountId, period: '2026-10', reason: 'late' });
    await goThrough((await checkout('aaaaaaaaaaaa')).url);
    await sync();
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-11'), 'final');
    await billed.moveTo('2026-12-01T03:00:00Z');
    assert.deepEqual(await invoiced('2026-11'), ['paid 7.50']);
  });

  it('what an ended subscription left out is on the first invoice of the next', async () => {
    await billed.moveTo('2026-10-16T02:00:00Z');
    await billed.day();
    await cancel();
    await sync();
    await billed.moveTo('2026-11-01T03:00:00Z');
    await billed.day();
    await billed.close('2026-10');
    await goThrough((await checkout('aaaaaaaaaaaa')).url);
    await sync();
    assert.equal(await billed.close('2026-10'), 'final');
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-11'), 'final');
    await billed.moveTo('2026-12-01T03:00:00Z');
    assert.deepEqual(await invoiced('2026-11'), ['paid 12.50']);
  });

  it('a customer whose own subscription ends is on the MSP’s invoice from the next month on', async () => {
    const { world, accountId } = billed;
    const owner = world.as('owner');
    const other = await createCustomer(db, world, {
      name: 'Fabrikam',
      connectedAt: new Date('2026-10-01T00:00:00Z'),
    });
    for (let n = 0; n < 2; n++) {
      await createMailbox(db, world, other.tenantId, {
        discoveredAt: new Date('2026-10-01T00:00:00Z'),
        lastGoodAt: world.clock.now(),
        licensed: true,
      });
    }
    const { accountId: own } = await billDirectly(owner, other);
    await db.owner`update billing_accounts set (test_clock_id, clock_at) =
      (select test_clock_id, clock_at from billing_accounts where id = ${accountId}) where id = ${own}`;
    const { customerId, catalogue } = await prepareAccount(world.workflow, own, sink);
    const made = { accountId: own, customerId, catalogue, key: own, testCard: true };
    const { subscriptionId } = await sink.subscribe(made);
    await syncAccount(world.workflow, { accountId: own }, sink);
    const closeAt = async (at: string, period: string) => {
      await billed.moveTo(at);
      await billed.day();
      assert.equal(await billed.close(period), 'final');
    };
    await closeAt('2026-11-01T00:30:00Z', '2026-10');
    await billed.moveTo('2026-11-10T00:00:00Z');
    await billed.day();
    await sink.cancelSubscription({ subscriptionId, when: 'now' });
    await syncAccount(world.workflow, { accountId: own }, sink);
    await syncAccount(world.workflow, { accountId: own }, sink);
    assert.equal((await row(own)).ended_period, '2026-12');
    const { direct } = await overview(owner, sink);
    assert.deepEqual(
      direct.flatMap(({ troubles }) => troubles.map(({ kind, about }) => [kind, about])),
      [['direct-ended', '2026-12']],
    );
    await assert.rejects(
      startCheckout(owner, { accountId: own, attempt: 'aaaaaaaaaaaa' }, sink, pages),
      { code: 'conflict' },
    );
    await closeAt('2026-12-01T00:30:00Z', '2026-11');
    await closeAt('2027-01-01T00:30:00Z', '2026-12');
    await billed.moveTo('2027-01-01T03:00:00Z');
    assert.deepEqual(await invoiced('2026-11'), ['paid 7.50']);
    assert.deepEqual(await invoiced('2026-12'), ['paid 12.50']);
  });
});
