import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import type { BillingSink } from '#lib/billing/sink.ts';
import { meterErrorCodes } from '#lib/billing/sink.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { daysDue } from '#lib/services/billing/days-due.ts';
import { handleNotice } from '#lib/services/billing/handle-notice.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { receiveNotice } from '#lib/services/billing/receive-notice.ts';
import type { TroubleKind } from '#lib/services/billing/rules.ts';
import { startCheckout } from '#lib/services/billing/start-checkout.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { applyDiscovery } from '#lib/services/customers/discover-mailboxes.ts';
import { listUsage } from '#lib/services/usage/list.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { createAccount, createPlan } from '#test/kit/billing.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';
import { directoryMailbox } from '#test/kit/probe.ts';
import { noFaults } from '#test/stripe/faults.ts';

const { db, stripe, sink, stop } = await startBillingServers();

/** Everything that can go wrong around billing is a plain state; the ledger and backups go on. */
describe('what goes wrong with billing', () => {
  after(stop);

  afterEach(() => {
    Object.assign(stripe.faults, noFaults());
  });

  const troubles = async (world: World, with_: BillingSink | null = sink) => {
    const seen = await overview(world.as('owner'), with_);
    return [...seen.troubles, ...(seen.own?.troubles ?? [])];
  };
  const kinds = async (world: World, with_: BillingSink | null = sink) =>
    (await troubles(world, with_)).map(({ kind }) => kind);
  const has = async (world: World, kind: TroubleKind, with_: BillingSink | null = sink) =>
    assert.ok((await kinds(world, with_)).includes(kind), `${kind}: ${await kinds(world, with_)}`);

  /** The day is in the ledger, whatever Stripe says. */
  async function stillObserves(account: BilledAccount, day: string) {
    const seen = await observeDay(account.world.workflow, {
      tenantId: account.tenantId,
      day,
      asSeenOn: '2026-11-22',
    });
    assert.ok(seen.protected > 0);
  }

  it('no key: it says so, the ledger is kept, and what needs Stripe says what is missing', async () => {
    const account = await createBilledAccount(db, sink);
    await has(account.world, 'not-configured', null);
    await stillObserves(account, '2026-10-02');
    await assert.rejects(
      startCheckout(account.world.as('owner'), { attempt: newId() }, null, {
        successUrl: 'http://x/a',
        cancelUrl: 'http://x/b',
      }),
      { code: 'config.invalid', message: /STRIPE_SECRET_KEY/ },
    );
  });

  it('a wrong key: values wait, the state says so, and the right key ends it', async () => {
    const account = await createBilledAccount(db, sink);
    const wrong = stripeSink({ ...stripe.facts, secretKey: 'sk_test_wrong' });
    await account.moveTo('2026-10-05T02:00:00Z');
    await stillObserves(account, '2026-10-04');
    const input = { accountId: account.accountId };
    await assert.rejects(syncAccount(account.world.workflow, input, wrong), {
      code: 'credential.invalid',
    });
    await assert.rejects(pushMeters(account.world.workflow, input, wrong), {
      code: 'credential.invalid',
    });
    await has(account.world, 'key-refused');
    await account.day();
    assert.deepEqual(await kinds(account.world), []);
    const [left] = await db.owner`
      select count(*)::int as waiting from meter_events
      where account_id = ${account.accountId} and state = 'waiting'`;
    assert.equal(left!.waiting, 0);
  });

  it('Stripe away for three days: each day is observed, and the newest value arrives once', async () => {
    const account = await createBilledAccount(db, sink);
    await account.moveTo('2026-10-10T02:00:00Z');
    await account.day();
    stripe.faults.down = 'refused';
    const away = stripeSink(stripe.facts);
    await db.owner`update billing_accounts set clock_at = '2026-10-13 02:00Z' where id = ${account.accountId}`;
    for (const day of ['2026-10-10', '2026-10-11', '2026-10-12']) {
      await stillObserves(account, day);
      await assert.rejects(
        pushMeters(account.world.workflow, { accountId: account.accountId }, away),
        (err) => isAppError(err) && err.retryable,
      );
    }
    await has(account.world, 'stripe-away');
    stripe.faults.down = null;
    await account.moveTo('2026-10-13T02:00:00Z');
    await account.day();
    assert.deepEqual(await kinds(account.world), []);
    const events = await db.owner<{ day: string; state: string }[]>`
      select day::text, state from meter_events
      where account_id = ${account.accountId} and dimension = 'protected-mailboxes' and day >= '2026-10-10'
      order by at`;
    assert.deepEqual(
      events.map((row) => ({ ...row })),
      [
        { day: '2026-10-10', state: 'superseded' },
        { day: '2026-10-11', state: 'superseded' },
        { day: '2026-10-12', state: 'accepted' },
      ],
    );
  });

  for (const code of meterErrorCodes.filter((it) => it !== 'timestamp_in_future')) {
    it(`a value that is refused at once with ${code} has its state, and the others go on`, async () => {
      const account = await createBilledAccount(db, sink, { mailboxes: 1 });
      await account.moveTo('2026-10-03T02:00:00Z');
      await stillObserves(account, '2026-10-02');
      const refusing: BillingSink = {
        ...sink,
        pushMeterEvent: async (input) => {
          if (input.event.dimension !== 'protected-mailboxes') return sink.pushMeterEvent(input);
          throw new AppError('source.refused', 'Refused.', { data: { stripeCode: code } });
        },
      };
      const pushed = await pushMeters(
        account.world.workflow,
        { accountId: account.accountId },
        refusing,
      );
      assert.deepEqual(pushed, { accepted: 2, refused: 1 });
      const found = await troubles(account.world);
      assert.deepEqual(
        found.filter(({ kind }) => kind === 'meter-refused').map(({ about }) => about),
        [code],
      );
      // The next day's value is another, and takes its place.
      await account.moveTo('2026-10-04T02:00:00Z');
      await account.day();
      assert.ok(!(await kinds(account.world)).includes('meter-refused'));
    });
  }

  it('a clock of Stripe’s that is behind refuses nothing: the value waits', async () => {
    const account = await createBilledAccount(db, sink, { mailboxes: 1 });
    await stillObserves(account, '2026-10-09');
    await assert.rejects(
      pushMeters(account.world.workflow, { accountId: account.accountId }, sink),
      { retryable: true },
    );
  });

  it('values that are taken and refused afterwards have their state too, with each code', async () => {
    const account = await createBilledAccount(db, sink, { mailboxes: 1 });
    await account.moveTo('2026-10-03T02:00:00Z');
    await account.day();
    const rows = await db.owner<{ identifier: string }[]>`
      select identifier from meter_events
      where account_id = ${account.accountId} and dimension = 'protected-mailboxes' order by at desc`;
    for (const code of meterErrorCodes) {
      const noticeId = `evt_${newId()}`;
      await db.owner`insert into stripe_events (id, type, created_at, received_at)
        values (${noticeId}, 'v1.billing.meter.error_report_triggered', now(), now())`;
      const telling: BillingSink = {
        ...sink,
        readMeterErrors: async () => ({
          meterId: 'mtr_1',
          from: new Date(),
          to: new Date(),
          errors: [
            { code, count: 1, samples: [{ identifier: rows[0]!.identifier, message: 'no' }] },
          ],
        }),
      };
      await handleNotice(account.world.workflow, { noticeId }, telling);
      await has(account.world, 'meter-refused');
      const [told] = await db.owner`
        select code from meter_events where identifier = ${rows[0]!.identifier}`;
      assert.equal(told!.code, code);
    }
  });

  describe('messages in the name of Stripe', () => {
    let server: Server;
    const taken: { body: string; signature: string | null }[] = [];
    const arrivals = new EventEmitter();
    before(async () => {
      server = createServer(async (req, res) => {
        let body = '';
        for await (const part of req) body += part;
        taken.push({ body, signature: String(req.headers['stripe-signature'] ?? '') });
        arrivals.emit('one');
        res.writeHead(200).end();
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      stripe.registerPortal(`http://127.0.0.1:${port}/hook`);
    });
    after(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });

    async function message(of: (body: string) => boolean) {
      const signal = AbortSignal.timeout(120_000);
      for (;;) {
        const found = taken.find(({ body }) => of(body));
        if (found !== undefined) return found;
        await once(arrivals, 'one', { signal });
      }
    }

    it('a bad signature, one too old: refused, counted once a second, shown to whom it names', async () => {
      const world = await createWorld(db);
      world.clock.advance(Date.now() - world.clock.now().getTime());
      await createAccount(db, world, { stripeCustomerId: 'cus_never' });
      const account = await createBilledAccount(db, sink, { mailboxes: 1 });
      const { mspId, clock } = account.world;
      clock.advance(world.clock.now().getTime() - clock.now().getTime());
      const [{ customer }] = (await db.owner`
        select stripe_customer_id as customer from billing_accounts
        where id = ${account.accountId}`) as unknown as [{ customer: string }];
      const { body, signature } = await message((it) => it.includes(`"${customer}"`));
      const open = { ...world.open, db: db.user };
      const refuse = (of: { body: string; signature: string | null }, code = 'forbidden') =>
        assert.rejects(receiveNotice(open, of, sink), { code });
      for (let n = 0; n < 5; n++) await refuse({ body, signature: 't=1,v1=00' });
      await refuse({ body: `${body} `, signature });
      await refuse({ body, signature: null });
      await has(account.world, 'webhook-refused');
      assert.ok(!(await kinds(world)).includes('webhook-refused'));
      world.clock.advance(3_600_000);
      await refuse({ body, signature }, 'expired');
      world.clock.advance(2000);
      await refuse({ body: '{}', signature: null });
      const rows = await db.owner<{ cause: string; times: number }[]>`
        select cause, times from webhook_refusals where cause not like 'unknown-customer%' order by 1`;
      assert.deepEqual(
        rows.map(({ cause, times }) => [cause, times]),
        [
          [`too old of ${mspId}`, 1],
          ['wrong signature', 1],
          [`wrong signature of ${mspId}`, 1],
        ],
      );
      assert.ok(!(await kinds(world)).includes('webhook-refused'));
      world.clock.advance(-3_602_000);
    });

    it('one that comes twice is kept once, and acted on once', async () => {
      const account = await createBilledAccount(db, sink, { mailboxes: 1 });
      const { world } = account;
      world.clock.advance(Date.now() - world.clock.now().getTime());
      const { body, signature } = await message(
        (it) => it.includes(account.accountId) && it.includes('customer.subscription.created'),
      );
      const first = await receiveNotice(world.open, { body, signature }, sink);
      await handleNotice(world.workflow, first, sink);
      const again = await receiveNotice(world.open, { body, signature }, sink);
      assert.deepEqual([first.fresh, again.fresh], [true, false]);
      assert.equal(await handleNotice(world.workflow, first, sink), null);
      assert.equal(world.jobs.asked.filter(({ name }) => name === 'startStripeEvent').length, 1);
    });

    it('a customer that is nobody’s: kept, counted, and nothing else', async () => {
      const world = await createWorld(db);
      world.clock.advance(Date.now() - world.clock.now().getTime());
      const { customerId } = await sink.ensureCustomer({
        accountId: newId(),
        name: 'Somebody else',
        email: null,
        clockId: null,
      });
      const { body, signature } = await message((it) => it.includes(customerId));
      const notice = await receiveNotice(world.open, { body, signature }, sink);
      await db.owner`update stripe_events set customer_id = ${customerId}, state = 'waiting' where id = ${notice.noticeId}`;
      assert.equal(await handleNotice(world.workflow, notice, sink), null);
      await has(world, 'unknown-customer');
      world.clock.advance(8 * 24 * 3_600_000);
      assert.ok(!(await kinds(world)).includes('unknown-customer'));
    });
  });

  it('no plan, and a plan without prices: usage is counted, and it says that nothing is charged', async () => {
    const world = await createWorld(db);
    const accountId = await createAccount(db, world, {
      stripeSubscriptionId: null,
      planId: await createPlan(db, world, { prices: {} }),
    });
    await has(world, 'no-prices');
    await assert.rejects(prepareAccount(world.workflow, accountId, sink), {
      message: /no prices/,
    });
    const bare = await createWorld(db);
    await createAccount(db, bare, { stripeSubscriptionId: null });
    await has(bare, 'no-plan');
  });

  it('a currency that Stripe does not know: nothing is invoiced, the ledger goes on', async () => {
    const world = await createWorld(db);
    const planId = await createPlan(db, world, { currency: 'xts' });
    const accountId = await createAccount(db, world, { planId, stripeSubscriptionId: null });
    const { tenantId } = await createCustomer(db, world, {
      connectedAt: new Date('2026-10-01T00:00:00Z'),
    });
    await createMailbox(db, world, tenantId, {
      discoveredAt: new Date('2026-10-01T00:00:00Z'),
      lastGoodAt: new Date('2026-11-20T06:00:00Z'),
    });
    await assert.rejects(prepareAccount(world.workflow, accountId, sink), {
      message: /currency/,
    });
    await has(world, 'currency-unknown');
    const seen = await observeDay(world.workflow, { tenantId, day: '2026-11-20' });
    assert.equal(seen.protected, 1);
  });

  it('a clock that jumps ahead books nothing until somebody says so; one that jumps back counts nothing twice', async () => {
    const world = await createWorld(db);
    const planId = await createPlan(db, world);
    const accountId = await createAccount(db, world, { planId, observedThrough: '2026-11-20' });
    const due = (more = {}) => daysDue(world.workflow, { accountId, ...more });
    assert.deepEqual((await due()).days, ['2026-11-21']);
    const yearMs = 365 * 86_400_000;
    world.clock.advance(yearMs);
    assert.deepEqual((await due()).days, []);
    await has(world, 'days-missing');
    assert.equal((await due({ force: true })).days.length, 366);
    world.clock.advance(-yearMs - 30 * 86_400_000);
    assert.deepEqual((await due()).days, []);
    await has(world, 'clock-back');
  });

  it('a customer that is gone stays in the ledger and is told of', async () => {
    const account = await createBilledAccount(db, sink);
    await stillObserves(account, '2026-10-02');
    await db.owner`update tenants set state = 'disconnected' where id = ${account.tenantId}`;
    await stillObserves(account, '2026-10-02');
    await has(account.world, 'gone-customer');
    const usage = await listUsage(account.world.as('owner'), { period: '2026-10' });
    assert.equal(usage.customers[0]?.daily.length, 1);
  });

  it('a payment that fails warns; after 14 days newly found mailboxes wait, and nothing else; paid, they go on at once', async () => {
    const account = await createBilledAccount(db, sink);
    const { world, tenantId } = account;
    await account.moveTo('2026-11-01T00:30:00Z');
    await account.day();
    stripe.faults.cardsFail = true;
    assert.equal(await account.close('2026-10'), 'final');
    await account.moveTo('2026-11-02T02:00:00Z');
    await account.day();
    await has(world, 'payment-failed');
    const discover = async () => {
      const rows = await db.owner<{ entra: string; exchange: string }[]>`
        select entra_user_id as entra, exchange_id as exchange from mailboxes where tenant_id = ${tenantId}`;
      const known = rows.map(({ entra, exchange }) =>
        directoryMailbox({ entraUserId: entra, exchangeId: exchange }),
      );
      const fresh = directoryMailbox();
      await applyDiscovery(
        world.workflow,
        tenantId,
        new Map([...known, fresh].map((it) => [it.entraUserId, it])),
      );
      const [row] = await db.owner`
        select state, waits_for from mailboxes where entra_user_id = ${fresh.entraUserId}`;
      return { ...row };
    };
    assert.deepEqual(await discover(), { state: 'protected', waits_for: null });
    await account.moveTo('2026-11-17T02:00:00Z');
    await account.day();
    await has(world, 'new-protection-waits');
    assert.deepEqual(await discover(), { state: 'discovered', waits_for: 'payment' });
    const [others] = await db.owner`
      select count(*)::int as protected from mailboxes where tenant_id = ${tenantId} and state = 'protected'`;
    assert.equal(others!.protected, 4);
    stripe.faults.cardsFail = false;
    const [open] = await db.owner<{ id: string }[]>`
      select id from billing_invoices where account_id = ${account.accountId} and status = 'open'`;
    await sink.pay(open!.id);
    await account.day();
    assert.deepEqual((await overview(world.as('owner'), sink)).own?.troubles, []);
    const [waiting] = await db.owner`
      select count(*)::int as waiting from mailboxes where tenant_id = ${tenantId} and state = 'discovered'`;
    assert.equal(waiting!.waiting, 0);
  });

  it('an invoice that nobody paid is owed half a year later too', async () => {
    const account = await createBilledAccount(db, sink);
    await account.moveTo('2026-11-01T00:30:00Z');
    await account.day();
    stripe.faults.cardsFail = true;
    assert.equal(await account.close('2026-10'), 'final');
    await account.moveTo('2026-11-02T02:00:00Z');
    await account.day();
    stripe.faults.cardsFail = false;
    const [open] = await db.owner<{ id: string }[]>`
      select id from billing_invoices where account_id = ${account.accountId} and status = 'open'`;
    const { apiUrl, secretKey } = stripe.facts;
    const given = await fetch(`${apiUrl}/v1/invoices/${open!.id}/mark_uncollectible`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'stripe-version': '2026-10-28.endive' },
    });
    assert.equal(given.status, 200, await given.text());
    await account.moveTo('2027-04-10T02:00:00Z');
    // All that is left to tell of it is the invoice itself.
    const alone: BillingSink = {
      ...sink,
      listSubscriptions: async (of) =>
        (await sink.listSubscriptions(of)).map((one) => ({ ...one, state: 'active' })),
      listInvoices: async (of) =>
        (await sink.listInvoices(of)).filter(({ invoiceId }) => invoiceId === open!.id),
    };
    await syncAccount(account.world.workflow, { accountId: account.accountId }, alone);
    await has(account.world, 'new-protection-waits');
  });
});
