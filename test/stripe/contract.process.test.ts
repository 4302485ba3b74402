import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import Stripe from 'stripe';
import { advance, refusal, type Target, targets, until } from './target.ts';

/**
 * What the product relies on, told to Stripe's own client. The same lines run against Stripe itself with
 * a key of its test mode in `STRIPE_TEST_KEY`; then they leave a few things behind in that account.
 */

const day = 86_400;

/** Within the last 35 days whatever clock an event is measured by, and its month ends before now. */
const start = Math.floor(Date.now() / 1000 / day) * day - 34 * day + 9 * 3600;
const anchorDay = new Date((start + 20 * day) * 1000).getUTCDate();

interface Scene {
  clock: string;
  customer: string;
  meter: Stripe.Billing.Meter;
  price: Stripe.Price;
  subscription: Stripe.Subscription;
  /** The end of its first period. */
  end: number;
}

for (const { name, skip, open } of targets()) {
  describe(`billing at ${name}`, { skip }, () => {
    let target: Target;
    let stripe: Stripe;
    const clocks: string[] = [];

    before(async () => {
      target = await open();
      stripe = target.stripe;
    });
    after(async () => {
      if (!target) return;
      try {
        for (const clock of clocks) await stripe.testHelpers.testClocks.del(clock);
      } finally {
        await target[Symbol.asyncDispose]();
      }
    });

    const makeMeter = (formula: 'last' | 'sum' | 'count' = 'last') =>
      stripe.billing.meters.create({
        display_name: 'Protected mailboxes',
        event_name: `contract-${randomUUID()}`,
        default_aggregation: { formula },
      });
    const makePrice = async (
      meter: Stripe.Billing.Meter,
      terms: Partial<Stripe.PriceCreateParams> = { unit_amount: 250 },
    ) =>
      stripe.prices.create({
        currency: 'usd',
        product_data: { name: 'Protected mailboxes' },
        recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
        ...terms,
      });
    const makeCustomer = async (clock: string, card: string) => {
      const customer = await stripe.customers.create({
        name: 'Northwind',
        email: 'billing@northwind.example',
        test_clock: clock,
      });
      const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
      await stripe.customers.update(customer.id, {
        invoice_settings: { default_payment_method: method.id },
      });
      return customer.id;
    };
    const subscribe = async (
      terms?: Partial<Stripe.PriceCreateParams>,
      card = 'pm_card_visa',
    ): Promise<Scene> => {
      const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time: start });
      clocks.push(clock);
      const customer = await makeCustomer(clock, card);
      const meter = await makeMeter();
      const price = await makePrice(meter, terms);
      const subscription = await stripe.subscriptions.create({
        customer,
        items: [{ price: price.id }],
        billing_mode: { type: 'flexible' },
        billing_cycle_anchor_config: { day_of_month: anchorDay, hour: 0, minute: 0, second: 0 },
        proration_behavior: 'none',
      });
      const end = subscription.items.data[0]!.current_period_end;
      // Some hours in which something can have been used.
      await advance(stripe, clock, start + 6 * 3600);
      return { clock, customer, meter, price, subscription, end };
    };
    const use = (
      { meter, customer }: Scene,
      value: number,
      timestamp: number,
      identifier: string = randomUUID(),
    ) =>
      stripe.billing.meterEvents.create({
        event_name: meter.event_name,
        payload: { stripe_customer_id: customer, value: String(value) },
        timestamp,
        identifier,
      });
    const summary = async ({ meter, customer }: Scene, from: number, to: number) => {
      const { data } = await stripe.billing.meters.listEventSummaries(meter.id, {
        customer,
        start_time: from,
        end_time: to,
      });
      return data[0]?.aggregated_value ?? 0;
    };
    const draftOf = async ({ customer }: Scene) => {
      const { data } = await stripe.invoices.list({ customer, status: 'draft' });
      assert.equal(data.length, 1);
      return data[0]!;
    };
    const quantityOf = (invoice: Stripe.Invoice) =>
      invoice.lines.data
        .filter((line) => line.parent?.type === 'subscription_item_details')
        .reduce((sum, line) => sum + (line.quantity ?? 0), 0);

    test('the first period runs to the anchor, and its first invoice is of nothing', async () => {
      const { subscription, end } = await subscribe();
      assert.equal(subscription.status, 'active');
      assert.equal(new Date(end * 1000).getUTCDate(), anchorDay);
      assert.equal(end % day, 0);
      const invoice = await stripe.invoices.retrieve(String(subscription.latest_invoice));
      assert.equal(invoice.billing_reason, 'subscription_create');
      assert.equal(invoice.total, 0);
      assert.equal(invoice.status, 'paid');
    });

    test('of a meter with `last` the newest moment is billed, also when it comes late', async () => {
      const scene = await subscribe();
      await use(scene, 40, start + 3 * 3600);
      await use(scene, 38, start + 2 * 3600);
      await until(async () => (await summary(scene, scene.end - 31 * day, scene.end)) === 40);
      const preview = await stripe.invoices.createPreview({
        customer: scene.customer,
        subscription: scene.subscription.id,
      });
      assert.equal(quantityOf(preview), 40);
      assert.equal(preview.total, 40 * 250);

      await advance(stripe, scene.clock, scene.end + 600);
      const draft = await draftOf(scene);
      assert.equal(draft.billing_reason, 'subscription_cycle');
      assert.equal(draft.auto_advance, true);
      assert.equal(draft.period_start, scene.subscription.start_date);
      assert.equal(draft.period_end, scene.end);
      const held = await stripe.invoices.update(draft.id!, { auto_advance: false });
      assert.equal(held.auto_advance, false);

      await use(scene, 42, scene.end - 60);
      await use(scene, 99, scene.end + 60);
      await until(async () => quantityOf(await stripe.invoices.retrieve(draft.id!)) === 42);
      await advance(stripe, scene.clock, scene.end + 4 * 3600);
      assert.equal((await stripe.invoices.retrieve(draft.id!)).status, 'draft');

      for (const amount of [5_000, -300]) {
        await stripe.invoiceItems.create({
          customer: scene.customer,
          invoice: draft.id!,
          amount,
          currency: 'usd',
          description: 'Added at the close',
          metadata: { item_key: String(amount) },
        });
      }
      const final = await stripe.invoices.finalizeInvoice(draft.id!, { auto_advance: false });
      assert.equal(final.status, 'open');
      assert.equal(final.total, 42 * 250 + 5_000 - 300);
      assert.ok(final.number);
      assert.match(final.hosted_invoice_url!, /^https?:/);
      assert.match(final.invoice_pdf!, /^https?:/);
      const paid = await stripe.invoices.pay(draft.id!);
      assert.equal(paid.status, 'paid');

      // What comes after is on no invoice any more.
      await use(scene, 77, scene.end - 30);
      assert.equal((await stripe.invoices.retrieve(draft.id!)).total, final.total);
    });

    test('a draft that nobody holds is final and paid an hour later', async () => {
      const scene = await subscribe();
      await use(scene, 3, start + 3600);
      await advance(stripe, scene.clock, scene.end + 600);
      const draft = await draftOf(scene);
      await advance(stripe, scene.clock, scene.end + 3 * 3600);
      const final = await stripe.invoices.retrieve(draft.id!);
      assert.equal(final.status, 'paid');
      assert.equal(final.total, 750);
    });

    test('a month without an event costs nothing: the last value does not carry over', async () => {
      const scene = await subscribe();
      await use(scene, 12, start + 3600);
      await advance(stripe, scene.clock, scene.end + 600);
      const preview = await stripe.invoices.createPreview({
        customer: scene.customer,
        subscription: scene.subscription.id,
      });
      assert.equal(quantityOf(preview), 0);
    });

    test('each step of a graduated price is a line; a volume price is one', async () => {
      const tiers = [
        { up_to: 10, unit_amount: 300 },
        { up_to: 'inf' as const, unit_amount_decimal: Stripe.Decimal.from('250.5') },
      ];
      const expected = { graduated: 10 * 300 + 501, volume: 3006 };
      for (const mode of ['graduated', 'volume'] as const) {
        const scene = await subscribe({ billing_scheme: 'tiered', tiers_mode: mode, tiers });
        await use(scene, 12, start + 3600);
        await until(async () => (await summary(scene, scene.end - 31 * day, scene.end)) === 12);
        const preview = await stripe.invoices.createPreview({
          customer: scene.customer,
          subscription: scene.subscription.id,
        });
        assert.equal(quantityOf(preview), 12, mode);
        assert.equal(preview.total, expected[mode], mode);
      }
    });

    test('a card that fails leaves the invoice open, and a good one puts all in order', async () => {
      const scene = await subscribe(undefined, 'pm_card_chargeCustomerFail');
      await use(scene, 2, start + 3600);
      await advance(stripe, scene.clock, scene.end + 3 * 3600);
      const { data } = await stripe.invoices.list({ customer: scene.customer, status: 'open' });
      assert.equal(data.length, 1);
      assert.equal(data[0]!.attempt_count, 1);
      assert.ok(data[0]!.next_payment_attempt);
      const late = await stripe.subscriptions.retrieve(scene.subscription.id);
      assert.equal(late.status, 'past_due');
      const again = await refusal(() => stripe.invoices.pay(data[0]!.id!));
      assert.deepEqual(
        [again.type, again.status, again.code],
        ['StripeCardError', 402, 'card_declined'],
      );
      const method = await stripe.paymentMethods.attach('pm_card_visa', {
        customer: scene.customer,
      });
      await stripe.customers.update(scene.customer, {
        invoice_settings: { default_payment_method: method.id },
      });
      assert.equal((await stripe.invoices.pay(data[0]!.id!)).status, 'paid');
      const { status } = await stripe.subscriptions.retrieve(scene.subscription.id);
      assert.equal(status, 'active');
    });

    test('a paid invoice is given back in part by a credit note', async () => {
      const scene = await subscribe();
      await use(scene, 4, start + 3600);
      await advance(stripe, scene.clock, scene.end + 3 * 3600);
      const { data } = await stripe.invoices.list({ customer: scene.customer, status: 'paid' });
      const invoice = data.find((it) => it.total === 1000)!;
      const note = await stripe.creditNotes.create({
        invoice: invoice.id!,
        amount: 400,
        refund_amount: 400,
        reason: 'order_change',
      });
      assert.equal(note.amount, 400);
      const after = await stripe.invoices.retrieve(invoice.id!);
      assert.equal(after.post_payment_credit_notes_amount, 400);
      const more = await refusal(() =>
        stripe.creditNotes.create({ invoice: invoice.id!, amount: 700, refund_amount: 700 }),
      );
      assert.equal(more.status, 400);
    });

    test('a subscription that ends with its period bills the period and ends', async () => {
      const scene = await subscribe();
      await use(scene, 5, start + 3600);
      await stripe.subscriptions.update(scene.subscription.id, { cancel_at_period_end: true });
      await advance(stripe, scene.clock, scene.end + 3 * 3600);
      const ended = await stripe.subscriptions.retrieve(scene.subscription.id);
      assert.equal(ended.status, 'canceled');
      const { data } = await stripe.invoices.list({ customer: scene.customer });
      assert.ok(data.some((it) => it.total === 1250));
    });

    test('a clock moves forward, at most two intervals at a time', async () => {
      const { clock } = await subscribe();
      const back = await refusal(() =>
        stripe.testHelpers.testClocks.advance(clock, { frozen_time: start - 60 }),
      );
      assert.equal(back.status, 400);
      const far = await refusal(() =>
        stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 200 * day }),
      );
      assert.equal(far.status, 400);
    });

    test('a meter event is refused for what is wrong with it', async () => {
      const scene = await subscribe();
      const identifier = randomUUID();
      await use(scene, 1, start + 60, identifier);
      const event = (change: object, payload: object = {}) =>
        refusal(() =>
          stripe.billing.meterEvents.create({
            event_name: scene.meter.event_name,
            payload: { stripe_customer_id: scene.customer, value: '1', ...payload },
            timestamp: start + 60,
            ...change,
          }),
        );
      for (const [what, refused] of Object.entries({
        again: await event({ identifier }),
        'from long ago': await event({ timestamp: start - 80 * day }),
        'from the future': await event({ timestamp: Math.floor(Date.now() / 1000) + 40 * day }),
        'for nobody': await event({}, { stripe_customer_id: 'cus_of_nobody' }),
        'of no meter': await event({ event_name: `contract-${randomUUID()}` }),
        'without a number': await event({}, { value: 'many' }),
        'of sixteen digits': await event({}, { value: '1234567890123456' }),
      })) {
        assert.equal(refused.type, 'StripeInvalidRequestError', what);
        assert.ok([400, 404].includes(refused.status), what);
      }
    });

    test('parameters that the API does not know, or misses, are refused by name', async () => {
      const unknown = await refusal(() =>
        stripe.customers.create({ nickname: 'x' } as Stripe.CustomerCreateParams),
      );
      assert.deepEqual(unknown, {
        type: 'StripeInvalidRequestError',
        status: 400,
        code: 'parameter_unknown',
        param: 'nickname',
      });
      const absent = await refusal(() =>
        stripe.billing.meters.create({
          display_name: 'x',
          default_aggregation: { formula: 'last' },
        } as Stripe.Billing.MeterCreateParams),
      );
      assert.deepEqual([absent.code, absent.param], ['parameter_missing', 'event_name']);
      const word = await refusal(() =>
        stripe.billing.meters.create({
          display_name: 'x',
          event_name: `contract-${randomUUID()}`,
          default_aggregation: { formula: 'max' as 'last' },
        }),
      );
      assert.equal(word.param, 'default_aggregation[formula]');
      const currency = await refusal(() =>
        stripe.prices.create({
          currency: 'zzz',
          product_data: { name: 'x' },
          unit_amount: 1,
        }),
      );
      assert.equal(currency.param, 'currency');
    });

    test('the same key twice is one request; with another body it is refused', async () => {
      const idempotencyKey = randomUUID();
      const first = await stripe.customers.create({ name: 'Once' }, { idempotencyKey });
      const second = await stripe.customers.create({ name: 'Once' }, { idempotencyKey });
      assert.equal(second.id, first.id);
      assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
      const other = await refusal(() =>
        stripe.customers.create({ name: 'Twice' }, { idempotencyKey }),
      );
      assert.equal(other.type, 'StripeIdempotencyError');
      assert.equal(other.status, 400);
      await stripe.customers.del(first.id);
    });

    test('a lookup key belongs to one price and can be handed on', async () => {
      const meter = await makeMeter();
      const key = `contract-${randomUUID()}`;
      const first = await makePrice(meter, { unit_amount: 100, lookup_key: key });
      const taken = await refusal(() => makePrice(meter, { unit_amount: 200, lookup_key: key }));
      assert.equal(taken.status, 400);
      const next = await makePrice(meter, {
        unit_amount: 200,
        lookup_key: key,
        transfer_lookup_key: true,
      });
      const { data } = await stripe.prices.list({ lookup_keys: [key] });
      assert.deepEqual(
        data.map((it) => it.id),
        [next.id],
      );
      assert.equal((await stripe.prices.retrieve(first.id)).lookup_key, null);
      const inactive = await stripe.prices.update(next.id, { active: false });
      assert.equal(inactive.active, false);
    });

    test('steps are told when they are asked for', async () => {
      const price = await makePrice(await makeMeter(), {
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 5, unit_amount: 0, flat_amount: 1000 },
          { up_to: 'inf', unit_amount: 200 },
        ],
      });
      assert.equal(price.tiers, undefined);
      const asked = await stripe.prices.retrieve(price.id, { expand: ['tiers'] });
      assert.deepEqual(
        asked.tiers?.map((tier) => [tier.up_to, tier.flat_amount, tier.unit_amount]),
        [
          [5, 1000, 0],
          [null, null, 200],
        ],
      );
    });

    test('Checkout takes metered prices without a quantity and gives an address', async () => {
      const price = await makePrice(await makeMeter());
      const order = {
        mode: 'subscription',
        success_url: 'https://holdfast.example/billing?session={CHECKOUT_SESSION_ID}',
        cancel_url: 'https://holdfast.example/billing',
        subscription_data: {
          billing_cycle_anchor_config: { day_of_month: 1, hour: 0, minute: 0, second: 0 },
          billing_mode: { type: 'flexible' },
          proration_behavior: 'none',
          metadata: { account: 'a' },
        },
      } satisfies Stripe.Checkout.SessionCreateParams;
      const session = await stripe.checkout.sessions.create({
        ...order,
        line_items: [{ price: price.id }],
      });
      assert.equal(session.status, 'open');
      assert.match(session.url!, /^https?:/);
      const expired = await stripe.checkout.sessions.expire(session.id);
      assert.equal(expired.status, 'expired');
      const counted = await refusal(() =>
        stripe.checkout.sessions.create({
          ...order,
          line_items: [{ price: price.id, quantity: 3 }],
        }),
      );
      assert.equal(counted.status, 400);
    });

    test('the day window of a meter counts the newest event of a day', async () => {
      const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time: start });
      clocks.push(clock);
      const customer = await makeCustomer(clock, 'pm_card_visa');
      const meter = await stripe.billing.meters.create({
        display_name: 'Days',
        event_name: `contract-${randomUUID()}`,
        default_aggregation: { formula: 'sum' },
        event_time_window: 'day',
      });
      const midnight = Math.floor(start / day) * day;
      for (const [value, at] of [
        [3, midnight - day + 60],
        [4, midnight - day + 30],
        [5, midnight + 60],
      ] as const) {
        await stripe.billing.meterEvents.create({
          event_name: meter.event_name,
          payload: { stripe_customer_id: customer, value: String(value) },
          timestamp: at,
        });
      }
      await until(async () => {
        const { data } = await stripe.billing.meters.listEventSummaries(meter.id, {
          customer,
          start_time: midnight - day,
          end_time: midnight + day,
        });
        return data[0]?.aggregated_value === 9;
      });
      const crooked = await refusal(() =>
        stripe.billing.meters.listEventSummaries(meter.id, {
          customer,
          start_time: midnight + 30,
          end_time: midnight + day,
        }),
      );
      assert.equal(crooked.status, 400);
      const days = await stripe.billing.meters.listEventSummaries(meter.id, {
        customer,
        start_time: midnight - day,
        end_time: midnight + day,
        value_grouping_window: 'day',
      });
      assert.deepEqual(days.data.map((it) => it.aggregated_value).sort(), [4, 5]);
    });

    test('a key that Stripe does not know is told so', async () => {
      const refused = await refusal(() => target.withKey('sk_test_nobody').customers.list());
      assert.deepEqual([refused.type, refused.status], ['StripeAuthenticationError', 401]);
    });

    test('the customer portal is a session with an address', async () => {
      const customer = await stripe.customers.create({ name: 'Portal' });
      const session = await stripe.billingPortal.sessions.create({
        customer: customer.id,
        return_url: 'https://holdfast.example/billing',
      });
      assert.match(session.url, /^https?:/);
      await stripe.customers.del(customer.id);
    });
  });
}
