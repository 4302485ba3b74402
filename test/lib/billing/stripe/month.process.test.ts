import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { dayAt, daysIn, nextDay, nextPeriod, periodBounds } from '#lib/billing/days.ts';
import { firstBillableDay, meterEvent } from '#lib/billing/meter-event.ts';
import type { DayCounts } from '#lib/billing/observation.ts';
import { dimensions, type PlanTerms } from '#lib/billing/plan.ts';
import { quantitiesOf, rate } from '#lib/billing/rate.ts';
import { reconcile } from '#lib/billing/reconcile.ts';
import type { BillingSink, Catalogue, InvoiceView } from '#lib/billing/sink.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { isAppError } from '#lib/core/errors.ts';
import { type StripeStandIn, startStripe } from '#test/stripe/server.ts';
import { everyDay, plainTerms } from '../samples.ts';

const gib = 2 ** 30;
const tiered: PlanTerms = {
  ...plainTerms,
  prices: {
    ...plainTerms.prices,
    'protected-mailboxes': {
      mode: 'graduated',
      tiers: [
        { upTo: 10, unitPrice: '2.505', flat: '5' },
        { upTo: null, unitPrice: '1.995', flat: '0' },
      ],
    },
  },
};

let stripe: StripeStandIn;
let sink: BillingSink;
/** Stripe's sums and clocks take their time; the stand-in's do not, unless it is told to. */
let tries = 1;

/** The stand-in always, and Stripe's own test mode where `STRIPE_TEST_KEY` names a key of one. */
const realKey = process.env.STRIPE_TEST_KEY ?? '';
const targets = [
  {
    name: 'the stand-in',
    skip: false as const,
    open: async () => {
      stripe = await startStripe({ data: null });
      sink = stripeSink(stripe.facts);
      tries = 1;
    },
    close: () => stripe.stop(),
  },
  {
    name: 'Stripe’s test mode',
    skip: /^(sk|rk)_test_/.test(realKey) ? (false as const) : 'STRIPE_TEST_KEY names no such key',
    open: async () => {
      const access = { apiUrl: 'https://api.stripe.com', secretKey: realKey, webhookSecrets: [] };
      sink = stripeSink(access);
      tries = 120;
    },
    close: async () => {},
  },
];

/** Asks until it is so; the last answer is what the test looks at. */
async function settled<T>(read: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  let answer = await read();
  for (let left = tries; left > 1 && !isSo(answer); left--) {
    await delay(1000);
    answer = await read();
  }
  return answer;
}

/** Accounts of one run, so that those of an earlier one are not found. */
const run = randomUUID().slice(0, 8);
let made = 0;
/** An account on a clock of its own, subscribed at a moment. */
async function subscribed(at: string, terms: PlanTerms = plainTerms) {
  const accountId = `account-${run}-${++made}`;
  const plan = {
    planId: `plan-${run}-${made}`,
    version: 1,
    from: '2026-10',
    name: 'Standard',
    terms,
  };
  const clock = await sink.createClock({ key: accountId, name: accountId, at: new Date(at) });
  const { customerId } = await sink.ensureCustomer({
    accountId,
    name: 'Northwind IT',
    email: 'billing@northwind.example',
    clockId: clock.clockId,
  });
  const catalogue = await sink.ensureCatalogue(plan);
  const subscription = await sink.subscribe({
    accountId,
    customerId,
    catalogue,
    key: accountId,
    testCard: true,
  });
  return { accountId, customerId, catalogue, subscription, clockId: clock.clockId, plan };
}

async function moveTo(clockId: string, to: string): Promise<void> {
  await sink.advanceClock({ clockId, to: new Date(to) });
  for (;;) {
    const clock = await sink.readClock(clockId);
    if (clock.state !== 'advancing') {
      assert.equal(clock.state, 'ready');
      return;
    }
    await delay(tries > 1 ? 1000 : 1);
  }
}

async function pushDay(
  account: { accountId: string; customerId: string },
  counts: DayCounts[],
  terms: PlanTerms,
  day: string,
  options: { from?: string; revision?: number } = {},
) {
  const rating = rate(counts, terms, day.slice(0, 7), { through: day, from: options.from });
  const quantities = quantitiesOf(rating);
  for (const dimension of dimensions) {
    await sink.pushMeterEvent({
      customerId: account.customerId,
      event: meterEvent({
        accountId: account.accountId,
        dimension,
        day,
        revision: options.revision ?? 0,
        value: quantities[dimension],
      }),
    });
  }
  return rating;
}

function billedOf(invoice: InvoiceView, catalogue: Catalogue) {
  return Object.fromEntries(
    dimensions.map((dimension) => [
      dimension,
      catalogue.items[dimension] === null
        ? null
        : invoice.lines
            .filter((line) => line.dimension === dimension)
            .reduce((all, line) => all + line.quantity, 0),
    ]),
  ) as Record<(typeof dimensions)[number], number | null>;
}

async function draftOf(customerId: string, period: string): Promise<InvoiceView> {
  const invoices = await sink.listInvoices({ customerId });
  const draft = invoices.find((one) => one.period === period && one.state === 'draft');
  assert.ok(draft, `no draft of ${period}`);
  return draft;
}

for (const target of targets) {
  describe(target.name, { skip: target.skip }, () => {
    before(target.open);
    after(target.close);

    describe('a month through Stripe', () => {
      for (const [name, terms] of [
        ['one price', plainTerms],
        ['steps and flat fees', tiered],
        [
          'by volume',
          {
            ...tiered,
            prices: {
              'protected-mailboxes': { ...tiered.prices['protected-mailboxes']!, mode: 'volume' },
            },
          },
        ],
        [
          'yen',
          {
            ...plainTerms,
            currency: 'jpy',
            prices: {
              'protected-mailboxes': {
                mode: 'graduated',
                tiers: [{ upTo: null, unitPrice: '250.5', flat: '0' }],
              },
            },
          },
        ],
      ] as [string, PlanTerms][]) {
        it(`ends with ledger, meters and invoice alike, to the unit and the cent (${name})`, async () => {
          const period = '2026-11';
          const account = await subscribed('2026-11-01T00:00:00Z', terms);
          assert.equal(firstBillableDay(account.subscription.startedAt), '2026-11-01');
          const counts = [
            ...everyDay('a', period, 30, { protected: 12, sealed: 2, physicalBytes: 300 * gib }),
            ...everyDay('b', period, 11, { protected: 7 }),
          ];
          let rating = rate(counts, terms, period);
          for (let index = 0; index < daysIn(period); index++) {
            const day = dayAt(period, index);
            // A draft is final an hour after its period, so the last day's push comes within it.
            const next = Date.parse(`${nextDay(day)}T00:20:00Z`);
            await moveTo(account.clockId, new Date(next).toISOString());
            rating = await pushDay(account, counts, terms, day);
            if (index === 14) {
              const seen = rating;
              const { daily, preview } = await settled(
                async () => {
                  const preview = await sink.preview({
                    customerId: account.customerId,
                    subscriptionId: account.subscription.subscriptionId,
                  });
                  const daily = reconcile({
                    ledger: quantitiesOf(seen),
                    meter: await sink.readSummaries({ ...account, period }),
                    invoice: billedOf(preview, account.catalogue),
                    billed: seen.lines.filter((line) => line.billed).map((line) => line.dimension),
                    underWay: [],
                    currency: { ledger: terms.currency, invoice: preview.currency },
                  });
                  return { daily, preview };
                },
                (answer) => answer.daily.verdict === 'agree',
              );
              assert.equal(daily.sentence, '');
              assert.equal(preview.invoiceId, '');
            }
          }
          const draft = await draftOf(account.customerId, period);
          const held = await sink.holdDraft(draft.invoiceId);
          assert.deepEqual([held.state, held.advances], ['draft', false]);
          assert.equal((await sink.holdDraft(draft.invoiceId)).advances, false);

          const item = {
            customerId: account.customerId,
            invoiceId: draft.invoiceId,
            currency: terms.currency,
            amount: '-3',
            description: 'Protected mailboxes, correction of 2026-10',
            key: `${account.accountId}|2026-11|adjustment`,
          };
          const added = await sink.addItem(item);
          assert.deepEqual(await sink.addItem(item), added);
          const expected = Number(rating.total) - 3;
          const { close, whole } = await settled(
            async () => {
              const whole = await sink.readInvoice(draft.invoiceId);
              const close = reconcile({
                ledger: quantitiesOf(rating),
                meter: await sink.readSummaries({ ...account, period }),
                invoice: billedOf(whole, account.catalogue),
                billed: rating.lines.filter((line) => line.billed).map((line) => line.dimension),
                underWay: [],
                currency: { ledger: terms.currency, invoice: whole.currency },
                money: {
                  ledger: terms.currency === 'jpy' ? String(expected) : expected.toFixed(2),
                  invoice: whole.subtotal,
                },
              });
              return { close, whole };
            },
            (answer) => answer.close.verdict === 'agree',
          );
          assert.equal(close.sentence, '');
          assert.equal(whole.lines.filter((line) => line.itemKey === item.key).length, 1);

          const final = await sink.finalise(draft.invoiceId);
          assert.notEqual(final.state, 'draft');
          assert.equal((await sink.finalise(draft.invoiceId)).invoiceId, final.invoiceId);
          await sink.pay(draft.invoiceId);
          const paid = await settled(
            () => sink.readInvoice(draft.invoiceId),
            (invoice) => invoice.state === 'paid',
          );
          assert.equal(paid.state, 'paid');
          assert.equal(paid.amountPaid, paid.total);
          assert.equal(paid.period, period);

          const credit = {
            invoiceId: draft.invoiceId,
            amount: '1',
            currency: terms.currency,
            to: 'refund' as const,
            memo: 'A day without a copy',
            key: `${account.accountId}|credit`,
          };
          const first = await sink.credit(credit);
          assert.deepEqual(await sink.credit(credit), first);
        });
      }

      it('billed from the first whole day, where an account began at noon', async () => {
        const account = await subscribed('2026-11-29T12:34:56Z');
        const from = firstBillableDay(account.subscription.startedAt);
        assert.equal(from, '2026-11-30');
        const counts = everyDay('a', '2026-11', 30, { protected: 60 });
        await moveTo(account.clockId, '2026-12-01T00:30:00Z');
        await pushDay(account, counts, plainTerms, '2026-11-30', { from });
        const billed = await settled(
          async () =>
            billedOf(await draftOf(account.customerId, '2026-11'), account.catalogue)[
              'protected-mailboxes'
            ],
          (quantity) => quantity === 2,
        );
        assert.equal(billed, 2);
      });

      it('a later revision corrects the one before, and a repeat changes nothing', async () => {
        const account = await subscribed('2026-11-01T00:00:00Z');
        await moveTo(account.clockId, '2026-11-02T02:00:00Z');
        const first = everyDay('a', '2026-11', 1, { protected: 90 });
        const second = everyDay('a', '2026-11', 1, { protected: 60 });
        await pushDay(account, first, plainTerms, '2026-11-01');
        await pushDay(account, second, plainTerms, '2026-11-01', { revision: 1 });
        await pushDay(account, first, plainTerms, '2026-11-01');
        const shown = await settled(
          () => sink.readSummaries({ ...account, period: '2026-11' }),
          (sums) => sums['protected-mailboxes'] === 2,
        );
        assert.equal(shown['protected-mailboxes'], 2);
      });

      it('other prices from a period’s first hours on', async () => {
        const account = await subscribed('2026-11-01T00:00:00Z');
        const counts = everyDay('a', '2026-11', 30, { protected: 10 });
        await moveTo(account.clockId, '2026-12-01T00:10:00Z');
        await pushDay(account, counts, plainTerms, '2026-11-30');
        const next = await sink.ensureCatalogue({
          ...account.plan,
          version: 2,
          terms: {
            ...plainTerms,
            prices: {
              'protected-mailboxes': {
                mode: 'graduated',
                tiers: [{ upTo: null, unitPrice: '3', flat: '0' }],
              },
            },
          },
        });
        const change = {
          subscriptionId: account.subscription.subscriptionId,
          catalogue: next,
          key: `${account.accountId}|2026-12`,
        };
        const changed = await sink.changePrices(change);
        assert.deepEqual(Object.keys(changed.items), ['protected-mailboxes']);
        assert.deepEqual((await sink.changePrices(change)).items, changed.items);
        await moveTo(account.clockId, '2026-12-02T02:00:00Z');
        await pushDay(
          account,
          everyDay('a', '2026-12', 1, { protected: 31 }),
          plainTerms,
          '2026-12-01',
        );
        const preview = await settled(
          () =>
            sink.preview({
              customerId: account.customerId,
              subscriptionId: account.subscription.subscriptionId,
            }),
          (invoice) => invoice.total === '3.00',
        );
        assert.equal(preview.total, '3.00');
        const old = await sink.listInvoices({ customerId: account.customerId });
        assert.equal(old.find((one) => one.period === '2026-11')?.subtotal, '25.00');
      });
    });

    describe('a way to subscribe', () => {
      it('is found again: customer, catalogue, subscription, Checkout page', async () => {
        const account = await subscribed('2026-11-01T00:00:00Z');
        const again = await sink.ensureCustomer({
          accountId: account.accountId,
          name: 'Northwind IT, renamed',
          email: null,
          clockId: account.clockId,
        });
        assert.equal(again.customerId, account.customerId);
        assert.deepEqual(await sink.ensureCatalogue(account.plan), account.catalogue);
        const subscription = await sink.subscribe({
          accountId: account.accountId,
          customerId: account.customerId,
          catalogue: account.catalogue,
          key: 'another attempt',
          testCard: true,
        });
        assert.equal(subscription.subscriptionId, account.subscription.subscriptionId);
        assert.equal((await sink.listSubscriptions(account.customerId)).length, 1);
      });

      it('finds the customer of an account without a clock by its id', async () => {
        const input = { accountId: 'no-clock', name: 'Contoso', email: null, clockId: null };
        const first = await sink.ensureCustomer(input);
        const second = await sink.ensureCustomer({ ...input, name: 'Contoso Ltd' });
        assert.deepEqual(second, first);
      });

      it('opens pages of Stripe’s own', async () => {
        const account = await subscribed('2026-11-01T00:00:00Z');
        const portal = await sink.portal({
          customerId: account.customerId,
          returnUrl: 'https://portal.example/billing',
        });
        assert.match(portal.url, /^http/);
        const input = {
          accountId: account.accountId,
          customerId: account.customerId,
          catalogue: account.catalogue,
          successUrl: 'https://portal.example/billing?session={CHECKOUT_SESSION_ID}',
          cancelUrl: 'https://portal.example/billing',
          key: 'try-1',
        };
        const page = await sink.checkout(input);
        assert.deepEqual(await sink.checkout(input), page);
        const view = await sink.readCheckout(page.sessionId);
        assert.deepEqual([view.state, view.subscriptionId], ['open', null]);
      });

      it('ends, and what was used until then is invoiced', async () => {
        const account = await subscribed('2026-11-01T00:00:00Z');
        await moveTo(account.clockId, '2026-11-10T02:00:00Z');
        await pushDay(
          account,
          everyDay('a', '2026-11', 9, { protected: 10 }),
          plainTerms,
          '2026-11-09',
        );
        const { subscriptionId } = account.subscription;
        const ending = await sink.cancelSubscription({ subscriptionId, when: 'period-end' });
        assert.equal(ending.state, 'active');
        assert.equal(
          ending.endsAt?.toISOString(),
          periodBounds(nextPeriod('2026-11')).start.toISOString(),
        );
        const ended = await sink.cancelSubscription({ subscriptionId, when: 'now' });
        assert.equal(ended.state, 'ended');
        assert.equal(
          (await sink.cancelSubscription({ subscriptionId, when: 'now' })).state,
          'ended',
        );
        const [last] = await sink.listInvoices({ customerId: account.customerId });
        assert.equal(billedOf(last!, account.catalogue)['protected-mailboxes'], 3);
      });
    });
  });
}

describe('a Stripe that fails', () => {
  before(targets[0]!.open);
  after(targets[0]!.close);

  it('answers lost on the way make nothing twice', async () => {
    for (const path of [
      'test_clocks',
      'customers',
      'prices',
      'products',
      'meters',
      'payment_methods',
    ]) {
      stripe.faults.only = path;
      stripe.faults.loseReply = 1;
      await subscribed('2026-11-01T00:00:00Z');
    }
    stripe.faults.only = '/v1/subscriptions';
    stripe.faults.loseReply = 2;
    const account = await subscribed('2026-11-01T00:00:00Z');
    assert.equal((await sink.listSubscriptions(account.customerId)).length, 1);
    await moveTo(account.clockId, '2026-11-02T02:00:00Z');
    stripe.faults.only = '/v1/billing/meter_events';
    stripe.faults.loseReply = 1;
    await pushDay(
      account,
      everyDay('a', '2026-11', 1, { protected: 90 }),
      plainTerms,
      '2026-11-01',
    );
    stripe.faults.only = null;
    const shown = await sink.readSummaries({ ...account, period: '2026-11' });
    assert.equal(shown['protected-mailboxes'], 3);
  });

  it('down is down, and said so', async () => {
    const down = stripeSink({ ...stripe.facts, apiUrl: 'http://127.0.0.1:1' });
    await assert.rejects(
      down.readInvoice('in_1'),
      (err) => isAppError(err, 'source.unavailable') && err.retryable,
    );
  });

  it('refuses a key that is not its own', async () => {
    const stranger = stripeSink({ ...stripe.facts, secretKey: 'sk_test_wrong' });
    await assert.rejects(stranger.readInvoice('in_1'), (err) =>
      isAppError(err, 'credential.invalid'),
    );
  });

  it('answers an unknown invoice as such', async () => {
    await assert.rejects(sink.readInvoice('in_unknown'), (err) => isAppError(err, 'not-found'));
  });

  it('refuses a currency it does not know', async () => {
    const terms = { ...plainTerms, currency: 'xyz' };
    const plan = { planId: 'odd', version: 1, from: '2026-11', name: 'Odd', terms };
    await assert.rejects(sink.ensureCatalogue(plan), (err) => isAppError(err, 'input.invalid'));
  });

  it('refuses meter events afterwards, and tells why and which', async () => {
    const account = await subscribed('2026-11-01T00:00:00Z');
    await moveTo(account.clockId, '2026-11-02T02:00:00Z');
    stripe.faults.meterErrors = ['meter_event_customer_not_found'];
    const event = meterEvent({
      accountId: account.accountId,
      dimension: 'protected-mailboxes',
      day: '2026-11-01',
      revision: 0,
      value: 5,
    });
    await sink.pushMeterEvent({ customerId: account.customerId, event });
    const shown = await sink.readSummaries({ ...account, period: '2026-11' });
    assert.equal(shown['protected-mailboxes'] ?? 0, 0);
    const told = stripe.account.store.all('thin event').at(-1);
    assert.ok(told);
    const report = await sink.readMeterErrors(told.id);
    assert.deepEqual(
      report.errors.map(({ code, count, samples }) => [code, count, samples[0]?.identifier]),
      [['meter_event_customer_not_found', 1, event.identifier]],
    );
  });

  it('tells again what happened, for notices that got lost', async () => {
    const since = new Date(0);
    const notices = await sink.listNotices({ since });
    assert.ok(notices.some((notice) => notice.about === 'invoice'));
    assert.ok(notices.some((notice) => notice.about === 'subscription'));
  });
});
