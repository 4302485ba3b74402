import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { nextDay } from '#lib/billing/days.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { newId } from '#lib/core/ids.ts';
import { billDirectly, stopDirect } from '#lib/services/billing/bill-directly.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { handleNotice } from '#lib/services/billing/handle-notice.ts';
import { listInvoices } from '#lib/services/billing/list-invoices.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { reconcileAccount } from '#lib/services/billing/reconcile-account.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { writeOff } from '#lib/services/closing/write-off.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { addPlanVersion, terms } from '#test/kit/billing.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';

const { db, sink, stop } = await startBillingServers();

/** Months in which something is missing at the wrong moment: a key, a notice, an hour, an order. */
describe('months that go wrong on the way', () => {
  after(stop);

  const stripeIds = async (accountId: string) => {
    const [row] = await db.owner<{ customer: string; subscription: string; state: string }[]>`
      select stripe_customer_id as customer, stripe_subscription_id as subscription, state
      from billing_accounts where id = ${accountId}`;
    return row!;
  };
  const closingOf = async (accountId: string, period: string) => {
    const [row] = await db.owner<{ state: string; step: string; reason: string | null }[]>`
      select state, step, reason from billing_closings where account_id = ${accountId} and period = ${period}`;
    return row;
  };

  /** The customer of an account on an account of its own, on the same clock. */
  async function direct({ world, accountId, tenantId }: BilledAccount): Promise<string> {
    const { accountId: own } = await billDirectly(world.as('owner'), { tenantId });
    await db.owner`update billing_accounts set (test_clock_id, clock_at) =
      (select test_clock_id, clock_at from billing_accounts where id = ${accountId}) where id = ${own}`;
    const { customerId, catalogue } = await prepareAccount(world.workflow, own, sink);
    await sink.subscribe({ accountId: own, customerId, catalogue, key: own, testCard: true });
    await syncAccount(world.workflow, { accountId: own }, sink);
    return own;
  }

  it('a worker without a key neither begins a month’s invoice nor calls it final', async () => {
    const { world, accountId, moveTo, day, close } = await createBilledAccount(db, sink);
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    const input = { accountId, period: '2026-10' };
    const noKey = { code: 'config.invalid', retryable: true };
    await beginClose(world.workflow, input);
    await assert.rejects(holdInvoice(world.workflow, input, null), noKey);
    assert.equal(await holdInvoice(world.workflow, input, sink), 'held');
    await sealPeriod(world.workflow, input);
    await assert.rejects(finaliseClose(world.workflow, { ...input, early: false }, null), noKey);
    assert.equal((await closingOf(accountId, '2026-10'))?.state, 'closing');
    // With the key it goes on where it was.
    assert.equal(await close('2026-10'), 'final');
    const [invoice] = await listInvoices(world.as('owner'));
    assert.deepEqual([invoice?.period, invoice?.total], ['2026-10', '7.50']);
  });

  it('what two invoices in a row lacked is on the third, whole', async () => {
    const { world, accountId, moveTo, day, close } = await createBilledAccount(db, sink, {
      terms: { minimum: '100.00' },
    });
    for (const [now, period] of [
      ['2026-11-01T03:00:00Z', '2026-10'],
      ['2026-12-01T03:00:00Z', '2026-11'],
      ['2027-01-01T00:30:00Z', '2026-12'],
    ] as const) {
      await moveTo(now);
      await day();
      if (period === '2026-11') {
        // The month before is still being closed beside it: nobody knows yet what it lacks.
        await db.owner`update billing_closings set state = 'closing', step = 'sealed' where account_id = ${accountId}`;
        await assert.rejects(close(period), { code: 'conflict', retryable: true });
        await db.owner`update billing_closings set state = 'finalised', step = 'carried'
          where account_id = ${accountId} and period = '2026-10'`;
      }
      assert.equal(await close(period), 'final');
    }
    const invoices = await listInvoices(world.as('owner'));
    assert.deepEqual(
      invoices.map(({ period, total }) => [period, total]),
      [
        ['2026-12', '300.00'],
        ['2026-11', '0.00'],
        ['2026-10', '0.00'],
      ],
    );
  });

  it('a month whose ledger and invoice are in two currencies is held, though the numbers are equal', async () => {
    const { world, accountId, planId, moveTo, day, close } = await createBilledAccount(db, sink);
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    await db.owner`insert into plan_versions (msp_id, plan_id, version, from_period, terms, created_at, created_by)
      select msp_id, plan_id, 2, '2026-10', jsonb_set(terms, '{currency}', '"eur"'), created_at, 'test'
      from plan_versions where plan_id = ${planId}`;
    assert.equal(await close('2026-10'), 'differ');
    const held = await closingOf(accountId, '2026-10');
    assert.deepEqual(
      [held?.state, held?.reason],
      [
        'held',
        'Our ledger is in EUR, Stripe’s invoice in USD. Nothing is charged until they agree.',
      ],
    );
    // Somebody sends the invoice from Stripe by hand: no later one can carry what it says otherwise.
    const { customer } = await stripeIds(accountId);
    const [draft] = (await sink.listInvoices({ customerId: customer })).filter(
      ({ state }) => state === 'draft',
    );
    await sink.finalise(draft!.invoiceId);
    await close('2026-10');
    assert.equal((await closingOf(accountId, '2026-10'))?.step, 'left-out');
    await writeOff(world.as('owner'), { accountId, period: '2026-10', reason: 'Settled by hand.' });
    assert.equal((await closingOf(accountId, '2026-10'))?.state, 'finalised');
  });

  it('a correction in another currency than its invoice holds the month, and is not forgotten', async () => {
    const { world, accountId, tenantId, moveTo, day, close } = await createBilledAccount(db, sink);
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    await db.owner`insert into usage_adjustments (msp_id, tenant_id, id, account_id, period, day, version,
        currency, booked_period, created_at, dimension, units, amount)
      values (${world.mspId}, ${tenantId}, ${newId()}, ${accountId}, '2026-09', '2026-09-30', 2,
        'eur', '2026-10', now(), 'protected-mailboxes', 30, '2.50')`;
    assert.equal(await close('2026-10'), 'differ');
    const held = await closingOf(accountId, '2026-10');
    assert.deepEqual([held?.state, held?.step], ['held', 'left-out']);
    assert.match(held!.reason!, /^Corrections or credits of 2\.50 EUR belong on this invoice/);
    const { customer } = await stripeIds(accountId);
    const invoices = await sink.listInvoices({ customerId: customer });
    assert.deepEqual(
      invoices.filter(({ period }) => period === '2026-10').map(({ state }) => state),
      ['draft'],
    );
  });

  it('a subscription that Stripe ended for want of payment has ended, and new protection waits all the same', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, accountId, moveTo, day } = billed;
    const own = await direct(billed);
    await moveTo('2026-11-02T00:30:00Z');
    await day();
    const { subscription } = await stripeIds(own);
    await sink.cancelSubscription({ subscriptionId: subscription, when: 'now' });
    await db.owner`update billing_accounts set state = 'past-due', payment_failed_at = '2026-10-10',
      grace_until = '2026-10-24' where id in (${own}, ${accountId})`;
    const unpaid: BillingSink = {
      ...sink,
      listInvoices: async (of) =>
        (await sink.listInvoices(of)).map((one) => ({ ...one, state: 'open', attempts: 4 })),
    };
    await syncAccount(world.workflow, { accountId: own }, unpaid);
    const [row] = await db.owner`
      select state, new_protection_paused_at is not null as waits from billing_accounts where id = ${own}`;
    assert.deepEqual({ ...row }, { state: 'ended', waits: true });
    assert.equal(await reconcileAccount(world.workflow, { accountId: own }, sink), null);
    const seen = await overview(world.as('owner'), sink);
    const kinds = seen.direct.flatMap(({ troubles }) => troubles.map(({ kind }) => kind));
    assert.deepEqual(kinds, ['direct-ended', 'new-protection-waits']);
  });

  it('a customer whose own account is found ended late loses none of its days', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, accountId, tenantId, moveTo, day } = billed;
    const own = await direct(billed);
    await moveTo('2026-10-31T12:00:00Z');
    const { subscription } = await stripeIds(own);
    await sink.cancelSubscription({ subscriptionId: subscription, when: 'now' });
    // The notice is lost, and for days the MSP's account goes on without a customer that is not its own.
    await moveTo('2026-11-04T02:00:00Z');
    await day();
    const observed = async () =>
      (
        await db.owner<{ day: string }[]>`
          select day::text from usage_days where tenant_id = ${tenantId} and day >= '2026-11-01' order by day`
      ).map((row) => row.day);
    assert.deepEqual(await observed(), []);
    await syncAccount(world.workflow, { accountId: own }, sink);
    await day();
    assert.deepEqual(await observed(), ['2026-11-01', '2026-11-02', '2026-11-03']);
    const [value] = await db.owner<{ value: number; day: string }[]>`
      select value::int, day::text from meter_events where account_id = ${accountId}
        and period = '2026-11' and dimension = 'protected-mailboxes' order by at desc limit 1`;
    assert.deepEqual({ ...value }, { value: 0, day: '2026-11-03' });
  });

  it('prices that reach Stripe days after values of their month did are billed once', async () => {
    let away = false;
    let twice = false;
    const flaky: BillingSink = {
      ...sink,
      changePrices: (input) =>
        away ? sink.readSubscription(input.subscriptionId) : sink.changePrices(input),
      readInvoice: async (id) => {
        const invoice = await sink.readInvoice(id);
        return twice ? { ...invoice, lines: [...invoice.lines, ...invoice.lines] } : invoice;
      },
    };
    const billed = await createBilledAccount(db, flaky);
    const { world, accountId, planId, moveTo, day, close } = billed;
    const price = {
      mode: 'graduated' as const,
      tiers: [{ upTo: null, unitPrice: '3.00', flat: '0' }],
    };
    const prices = { ...terms.prices, 'protected-mailboxes': price };
    await addPlanVersion(db, world, planId, { version: 2, from: '2026-11', prices });
    await moveTo('2026-11-01T00:30:00Z');
    away = true;
    await day();
    assert.equal(await close('2026-10'), 'final');
    await moveTo('2026-11-20T02:00:00Z');
    await day();
    away = false;
    await day();
    await moveTo('2026-12-01T00:30:00Z');
    await day();
    // A Stripe that billed them at both prices would be found out, and nothing charged.
    world.clock.advance(2 * 3_600_000);
    twice = true;
    assert.equal(await close('2026-11'), 'differ');
    twice = false;
    assert.equal(await close('2026-11'), 'final');
    const { customer } = await stripeIds(accountId);
    const invoices = await sink.listInvoices({ customerId: customer });
    const november = invoices.find(({ period }) => period === '2026-11');
    assert.deepEqual(
      november?.lines
        .filter(({ amount }) => amount !== '0.00')
        .map(({ dimension, quantity, amount }) => [dimension, quantity, amount]),
      [['protected-mailboxes', 3, '9.00']],
    );
    assert.equal(november?.total, '9.00');
  });

  it('months are sealed in their order, whichever is asked for first', async () => {
    const { world, accountId, moveTo, day } = await createBilledAccount(db, sink);
    await moveTo('2026-12-01T00:30:00Z');
    await day();
    await assert.rejects(sealPeriod(world.workflow, { accountId, period: '2026-11' }), {
      code: 'conflict',
      retryable: true,
    });
    await sealPeriod(world.workflow, { accountId, period: '2026-10' });
    await sealPeriod(world.workflow, { accountId, period: '2026-11' });
    assert.deepEqual(await verifyLedger(world.as('owner'), {}), {
      intact: true,
      periods: 2,
      findings: [],
    });
  });

  it('a customer that went back before its own account began is subscribed no longer', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, tenantId, moveTo } = billed;
    const own = await direct(billed);
    await stopDirect(world.as('owner'), { tenantId });
    assert.equal(await ensurePrices(world.workflow, { accountId: own }, sink), null);
    await syncAccount(world.workflow, { accountId: own }, sink);
    const { customer, state } = await stripeIds(own);
    assert.equal(state, 'ended');
    await moveTo('2026-12-02T00:00:00Z');
    const invoices = await sink.listInvoices({ customerId: customer });
    assert.deepEqual(
      invoices.filter(({ total }) => total !== '0.00'),
      [],
    );
  });

  it('a correction of the last month of a customer’s own account is on the MSP’s next invoice', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, accountId, tenantId, moveTo, day, close, addMailbox } = billed;
    const own = await direct(billed);
    await moveTo('2026-11-02T00:30:00Z');
    await day();
    assert.equal(await close('2026-10'), 'final');
    await moveTo('2026-12-01T00:30:00Z');
    for (const each of [accountId, own]) {
      await day(each);
      assert.equal(await close('2026-11', each), 'final');
    }
    await stopDirect(world.as('owner'), { tenantId });
    const foundLate = async (from: string, to: string) => {
      await addMailbox();
      for (let on = from; on < to; on = nextDay(on)) {
        await observeDay(world.workflow, { tenantId, day: on, asSeenOn: '2026-11-22' });
      }
    };
    await foundLate('2026-11-01', '2026-12-01');
    await moveTo('2027-01-01T00:30:00Z');
    for (const each of [accountId, own]) {
      await day(each);
      assert.equal(await close('2026-12', each), 'final');
    }
    await foundLate('2026-12-01', '2027-01-01');
    const booked = await db.owner<{ account: string; month: string }[]>`
      select distinct account_id as account, booked_period as month
      from usage_adjustments where tenant_id = ${tenantId} order by booked_period`;
    assert.deepEqual(
      [...booked],
      [
        // December is its own still, and January the MSP's.
        { account: own, month: '2026-12' },
        { account: accountId, month: '2027-01' },
      ],
    );
    await moveTo('2027-02-01T00:30:00Z');
    await day();
    assert.equal(await close('2027-01'), 'final');
    const invoices = await listInvoices(world.as('owner'));
    const totals = invoices.map(({ period, tenantId: of, total }) => [period, of, total]);
    // Four mailboxes in December and one of November; five in January and one of December.
    assert.deepEqual(
      totals.filter(([period, , total]) => period! >= '2026-12' && total !== '0.00'),
      [
        ['2027-01', null, '15.00'],
        ['2026-12', tenantId, '12.50'],
      ],
    );
  });

  it('a draft that is told of is held at once, before its month is closed', async () => {
    const { world, accountId, moveTo } = await createBilledAccount(db, sink);
    await moveTo('2026-11-01T00:30:00Z');
    const { customer } = await stripeIds(accountId);
    const noticeId = `evt_${newId()}`;
    await db.owner`insert into stripe_events (id, type, customer_id, created_at, received_at)
      values (${noticeId}, 'invoice.created', ${customer}, now(), now())`;
    const handled = await handleNotice(world.workflow, { noticeId }, sink);
    assert.deepEqual(handled?.drafts, ['2026-10']);
    const invoices = await sink.listInvoices({ customerId: customer });
    const draft = invoices.find(({ state }) => state === 'draft');
    assert.deepEqual([draft?.period, draft?.advances], ['2026-10', false]);
    assert.equal(await closingOf(accountId, '2026-10'), undefined);
  });

  it('what was read on a clock that was ahead does not stand in the way of what is read now', async () => {
    const { world, accountId, moveTo, day } = await createBilledAccount(db, sink);
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    await db.owner`update billing_accounts set synced_at = synced_at + interval '1 year' where id = ${accountId}`;
    await db.owner`update billing_invoices set synced_at = synced_at + interval '1 year', total = '1.00'
      where account_id = ${accountId}`;
    const { subscription } = await stripeIds(accountId);
    await sink.cancelSubscription({ subscriptionId: subscription, when: 'now' });
    await syncAccount(world.workflow, { accountId }, sink);
    assert.equal((await stripeIds(accountId)).state, 'ended');
    const invoices = await listInvoices(world.as('owner'));
    assert.ok(invoices.length > 0);
    assert.ok(invoices.every(({ total }) => total !== '1.00'));
  });
});
