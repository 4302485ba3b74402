import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { nextDay } from '#lib/billing/days.ts';
import { isAppError } from '#lib/core/errors.ts';
import { billDirectly } from '#lib/services/billing/bill-directly.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { getInvoice } from '#lib/services/billing/get-invoice.ts';
import { listInvoices } from '#lib/services/billing/list-invoices.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { reconcileAccount } from '#lib/services/billing/reconcile-account.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { addCloseItems } from '#lib/services/closing/add-close-items.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { compareClose } from '#lib/services/closing/compare-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { monthsToClose } from '#lib/services/closing/months-to-close.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { explainLine } from '#lib/services/usage/explain-line.ts';
import { listUsage } from '#lib/services/usage/list.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { addPlanVersion } from '#test/kit/billing.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';
import { createCustomer, createMailbox, type World } from '#test/kit/msp.ts';

const { db, stripe, sink, stop } = await startBillingServers();

/** An account's months through the real ledger and the stand-in's Stripe, on a clock of its own. */
describe('a month, from mailboxes to an invoice', () => {
  let world: World;
  let accountId: string;
  let planId: string;
  let tenantId: string;
  let account: BilledAccount;
  let addMailbox: BilledAccount['addMailbox'];
  let moveTo: BilledAccount['moveTo'];
  let day: BilledAccount['day'];
  let close: BilledAccount['close'];

  after(stop);
  beforeEach(async () => {
    account = await createBilledAccount(db, sink);
    ({ world, accountId, planId, tenantId, addMailbox, moveTo, day, close } = account);
  });

  it('ends alike in the ledger, on the meters and on the invoice, and every line leads to its days', async () => {
    await moveTo('2026-10-11T02:00:00Z');
    await day();
    await addMailbox();
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    assert.deepEqual(await monthsToClose(world.workflow, { accountId }), ['2026-10']);
    assert.equal(await close('2026-10'), 'final');
    const owner = world.as('owner');
    const [invoice] = await listInvoices(owner);
    assert.equal(invoice?.period, '2026-10');
    assert.equal(invoice.status === 'open' || invoice.status === 'paid', true);
    // 10 days of three mailboxes and 21 of four are 114 / 31 = 3.68, rounded once to 4.
    assert.equal(invoice.total, '10.00');
    const detail = await getInvoice(owner, { invoiceId: invoice.id });
    const line = detail.lines.find(({ dimension }) => dimension === 'protected-mailboxes');
    assert.deepEqual([line?.quantity, line?.amount], [4, '10.00']);
    assert.deepEqual(
      line?.shares.map(({ name, quantity, unitDays }) => [name, quantity, unitDays]),
      [['Contoso', 4, '114']],
    );
    assert.match(detail.hash ?? '', /^[0-9a-f]{64}$/);
    const explained = await explainLine(owner, {
      period: '2026-10',
      tenantId,
      dimension: 'protected-mailboxes',
      show: 'all',
    });
    assert.deepEqual([explained.changed, explained.constant], [1, 3]);
    assert.equal(explained.rows[0]?.counted, 21);
    assert.equal(explained.days.length, 31);
    const usage = await listUsage(owner, { period: '2026-10' });
    assert.equal(usage.customers[0]?.amount, '10.00');
    assert.equal(usage.stamp?.hash, detail.hash);
    const seen = await overview(owner, sink);
    assert.deepEqual([seen.own?.period, seen.own?.troubles], ['2026-11', []]);
  });

  it('every step can be taken twice', async () => {
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    await day();
    const input = { accountId, period: '2026-10' };
    for (let n = 0; n < 2; n++) {
      await beginClose(world.workflow, input);
      await holdInvoice(world.workflow, input, sink);
      await sealPeriod(world.workflow, input);
      await pushMeters(world.workflow, { accountId }, sink);
      await compareClose(world.workflow, { ...input, money: false }, sink);
      await addCloseItems(world.workflow, input, sink);
    }
    await finaliseClose(world.workflow, { ...input, early: false }, sink);
    await finaliseClose(world.workflow, { ...input, early: false }, sink);
    assert.equal(await close('2026-10'), 'not due');
    const invoices = await listInvoices(world.as('owner'));
    assert.deepEqual(
      invoices.filter(({ period }) => period === '2026-10').map(({ total }) => total),
      ['7.50'],
    );
  });

  it('answers that are lost make no double: neither on the meters nor on the invoice', async () => {
    await addPlanVersion(db, world, planId, { version: 2, from: '2026-10', minimum: '20.00' });
    await ensurePrices(world.workflow, { accountId }, sink);
    await moveTo('2026-11-01T00:30:00Z');
    const again = async (act: () => Promise<unknown>) => {
      for (let n = 0; n < 8; n++) {
        try {
          return await act();
        } catch (err) {
          if (!isAppError(err) || !err.retryable) throw err;
        }
      }
      throw new Error('never ended');
    };
    stripe.faults.only = '/v1/billing/meter_events';
    stripe.faults.loseReply = 4;
    await again(day);
    stripe.faults.only = '/v1/invoiceitems';
    stripe.faults.loseReply = 4;
    await again(() => close('2026-10'));
    stripe.faults.only = null;
    stripe.faults.loseReply = 0;
    const [invoice] = await listInvoices(world.as('owner'));
    assert.equal(invoice?.total, '20.00');
  });

  it('what is learned of a closed month is on the next invoice, and the closed one stays', async () => {
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    assert.equal(await close('2026-10'), 'final');
    const before = await listUsage(world.as('owner'), { period: '2026-10' });
    for (let n = 0; n < 4; n++) await addMailbox();
    // Four more mailboxes on each day of the month, as they are found to have been.
    for (let on = '2026-10-01'; on < '2026-11-01'; on = nextDay(on)) {
      await observeDay(world.workflow, { tenantId, day: on, asSeenOn: '2026-11-22' });
    }
    await moveTo('2026-12-01T00:30:00Z');
    await day();
    assert.equal(await close('2026-11'), 'final');
    const [next] = await listInvoices(world.as('owner'));
    // Seven in November, and four in October that were not billed.
    assert.deepEqual([next?.period, next?.total], ['2026-11', '27.50']);
    const after = await listUsage(world.as('owner'), { period: '2026-10' });
    assert.deepEqual(after.total, before.total);
    const detail = await getInvoice(world.as('owner'), { invoiceId: next!.id });
    const corrected = detail.lines.find(({ adjustments }) => adjustments.length > 0);
    assert.equal(corrected?.amount, '10.00');
    assert.equal(corrected.adjustments[0]?.period, '2026-10');
  });

  it('a meter that shows something else holds the invoice, and says so', async () => {
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    const known = await db.owner<{ customer: string }[]>`
      select stripe_customer_id as customer from billing_accounts where id = ${accountId}`;
    await sink.pushMeterEvent({
      customerId: known[0]!.customer,
      event: {
        dimension: 'protected-mailboxes',
        period: '2026-10',
        day: '2026-10-31',
        revision: 0,
        identifier: `someone-else-${accountId}`,
        timestamp: new Date('2026-10-31T23:59:00Z'),
        value: 99,
      },
    });
    await db.owner`update meter_events set sent_at = '2026-01-01' where account_id = ${accountId}`;
    assert.equal(await close('2026-10'), 'differ');
    const seen = await overview(world.as('owner'), sink);
    assert.deepEqual(
      seen.own?.closings.map(({ period, state }) => [period, state]),
      [['2026-10', 'held']],
    );
    assert.ok(seen.own?.troubles.some(({ kind }) => kind === 'held'));
    const [invoice] = await listInvoices(world.as('owner'));
    assert.equal(invoice?.status, 'draft');
  });

  it('prices of a new version hold from its month on, at Stripe too', async () => {
    await addPlanVersion(db, world, planId, {
      version: 2,
      from: '2026-11',
      prices: {
        'protected-mailboxes': {
          mode: 'graduated',
          tiers: [{ upTo: null, unitPrice: '4', flat: '0' }],
        },
      },
    });
    await moveTo('2026-10-15T02:00:00Z');
    await day();
    const seen = await overview(world.as('owner'), sink);
    assert.ok(
      seen.own?.troubles.some(({ kind, about }) => kind === 'prices-change' && about === '2026-11'),
    );
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    assert.equal(await close('2026-10'), 'final');
    await moveTo('2026-12-01T00:30:00Z');
    await day();
    assert.equal(await close('2026-11'), 'final');
    assert.deepEqual(
      (await listInvoices(world.as('owner'))).map(({ period, total }) => [period, total]),
      [
        ['2026-11', '12.00'],
        ['2026-10', '7.50'],
      ],
    );
  });

  it('a customer that pays for itself does so from the month after it subscribed, and nobody pays twice', async () => {
    const { world } = account;
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
    const { accountId: own } = await billDirectly(world.as('owner'), other);
    await db.owner`update billing_accounts set (test_clock_id, clock_at) =
      (select test_clock_id, clock_at from billing_accounts where id = ${accountId}) where id = ${own}`;
    const prepared = await prepareAccount(world.workflow, own, sink);
    await sink.subscribe({
      accountId: own,
      customerId: prepared.customerId,
      catalogue: prepared.catalogue,
      key: own,
      testCard: true,
    });
    await syncAccount(world.workflow, { accountId: own }, sink);
    await moveTo('2026-11-01T00:30:00Z');
    await day();
    assert.equal(await close('2026-10'), 'final');
    await moveTo('2026-12-01T00:30:00Z');
    await day();
    await account.day(own);
    assert.equal(await close('2026-11'), 'final');
    assert.deepEqual(await monthsToClose(world.workflow, { accountId: own }), ['2026-11']);
    assert.equal(await account.close('2026-11', own), 'final');
    const invoices = await listInvoices(world.as('owner'));
    assert.deepEqual(
      invoices
        .filter(({ total }) => total !== '0.00')
        .map(({ period, tenantId: whose, total }) => [period, whose === null, total])
        .sort(),
      [
        ['2026-10', true, '12.50'],
        ['2026-11', false, '5.00'],
        ['2026-11', true, '7.50'],
      ],
    );
  });

  it('every day ledger, meters and preview are compared', async () => {
    await moveTo('2026-10-20T02:00:00Z');
    await day();
    await db.owner`update meter_events set sent_at = '2026-01-01' where account_id = ${accountId}`;
    assert.deepEqual(await reconcileAccount(world.workflow, { accountId }, sink), {
      verdict: 'equal',
    });
    const seen = await overview(world.as('owner'), sink);
    assert.equal(seen.own?.check?.verdict, 'equal');
    assert.equal(seen.own?.month?.lines[0]?.quantity, 2);
  });
});
