import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { meterEvent } from '#lib/billing/meter-event.ts';
import type { Catalogue } from '#lib/billing/sink.ts';
import { type AppError, isAppError } from '#lib/core/errors.ts';
import { plainTerms } from '../samples.ts';
import { type Call, refusal, responder } from './responder.ts';

const list = (data: object[]) => ({ body: { object: 'list', data, has_more: false } });
const event = meterEvent({
  accountId: 'account',
  dimension: 'protected-mailboxes',
  day: '2026-11-14',
  revision: 0,
  value: 118,
});
const catalogue: Catalogue = {
  planId: 'plan',
  version: 1,
  items: {
    'protected-mailboxes': { meterId: 'mtr_1', eventName: 'e', priceId: 'price_p' },
    'sealed-mailboxes': null,
    'stored-gib': { meterId: 'mtr_3', eventName: 'e', priceId: 'price_s' },
  },
};

async function open(t: TestContext, answer: Parameters<typeof responder>[0]) {
  const stripe = await responder(answer);
  t.after(() => stripe.close());
  return stripe;
}

describe('what goes to Stripe', () => {
  it('a push carries its identifier twice, a whole number as text, and the pinned version', async (t) => {
    const { sink, calls } = await open(t, () => ({ body: { object: 'billing.meter_event' } }));
    await sink.pushMeterEvent({ customerId: 'cus_1', event });
    const [call] = calls as [Call];
    assert.equal(`${call.method} ${call.path}`, 'POST /v1/billing/meter_events');
    assert.deepEqual(call.form, {
      event_name: 'holdfast_protected_mailboxes',
      identifier: event.identifier,
      timestamp: String(Date.parse('2026-11-14T12:00:00Z') / 1000),
      'payload[stripe_customer_id]': 'cus_1',
      'payload[value]': '118',
    });
    assert.equal(call.headers['idempotency-key'], event.identifier);
    assert.equal(call.headers['stripe-version'], '2026-10-28.endive');
    assert.equal(call.headers.authorization, 'Bearer sk_test_holdfast');
    assert.equal(call.headers['x-stripe-client-telemetry'], undefined);
  });

  it('pushes for one customer and meter wait for each other, others do not', async (t) => {
    const stripe = await open(t, () => ({ body: {} }));
    const push = (customerId: string, day: string, dimension = event.dimension) =>
      stripe.sink.pushMeterEvent({
        customerId,
        event: meterEvent({ accountId: customerId, dimension, day, revision: 0, value: 1 }),
      });
    await Promise.all([
      push('cus_1', '2026-11-01'),
      push('cus_1', '2026-11-02'),
      push('cus_1', '2026-11-03'),
      push('cus_2', '2026-11-01'),
    ]);
    const days = stripe.calls
      .filter((call) => call.form['payload[stripe_customer_id]'] === 'cus_1')
      .map((call) => Number(call.form.timestamp));
    assert.deepEqual(
      days,
      days.toSorted((a, b) => a - b),
    );
  });

  it('an identifier that Stripe has already is a push that arrived', async (t) => {
    const { sink } = await open(t, () =>
      refusal(400, { message: `An event already exists with identifier ${event.identifier}.` }),
    );
    await sink.pushMeterEvent({ customerId: 'cus_1', event });
  });

  it('a subscription is of whole months of UTC, metered and without proportions', async (t) => {
    const { sink, calls } = await open(t, ({ method }) =>
      method === 'GET'
        ? list([])
        : { body: { id: 'cs_1', object: 'checkout.session', url: 'https://checkout.example/1' } },
    );
    const page = await sink.checkout({
      accountId: 'account',
      customerId: 'cus_1',
      catalogue,
      successUrl: 'https://portal.example/ok',
      cancelUrl: 'https://portal.example/no',
      key: 'attempt',
    });
    assert.deepEqual(page, { sessionId: 'cs_1', url: 'https://checkout.example/1' });
    const { form } = calls.find(({ method }) => method === 'POST')!;
    assert.deepEqual(
      Object.fromEntries(Object.entries(form).filter(([name]) => name.startsWith('line_items'))),
      { 'line_items[0][price]': 'price_p', 'line_items[1][price]': 'price_s' },
    );
    assert.equal(form['subscription_data[billing_mode][type]'], 'flexible');
    assert.equal(form['subscription_data[proration_behavior]'], 'none');
    assert.equal(form['subscription_data[billing_cycle_anchor_config][day_of_month]'], '1');
    for (const part of ['hour', 'minute', 'second']) {
      assert.equal(form[`subscription_data[billing_cycle_anchor_config][${part}]`], '0');
    }
    assert.equal(form.payment_method_collection, 'always');
    assert.equal(form['subscription_data[metadata][account_id]'], 'account');
  });

  it('prices hang on meters, are found by their key, and keep twelve decimals of a cent', async (t) => {
    const { sink, calls } = await open(t, ({ method, path }) => {
      if (method === 'GET' && path.startsWith('/v1/products/')) {
        return refusal(404, { code: 'resource_missing' });
      }
      if (method === 'GET') return list([]);
      return { body: { id: path.split('/').at(-1) } };
    });
    await sink.ensureCatalogue({
      planId: 'plan',
      version: 3,
      from: '2026-11',
      name: 'Standard',
      terms: {
        ...plainTerms,
        prices: {
          'protected-mailboxes': {
            mode: 'volume',
            tiers: [
              { upTo: 100, unitPrice: '2.505', flat: '10' },
              { upTo: null, unitPrice: '2', flat: '0' },
            ],
          },
          'stored-gib': {
            mode: 'graduated',
            tiers: [{ upTo: null, unitPrice: '0.04999', flat: '0' }],
          },
        },
      },
    });
    const made = calls.filter((call) => call.method === 'POST');
    const meter = made.find((call) => call.path === '/v1/billing/meters')!;
    assert.equal(meter.form['default_aggregation[formula]'], 'last');
    assert.equal(meter.form['customer_mapping[event_payload_key]'], 'stripe_customer_id');
    const [tiered, flat] = made.filter((call) => call.path === '/v1/prices') as [Call, Call];
    assert.equal(tiered.form.lookup_key, 'hf_plan_v3_protected-mailboxes');
    assert.equal(tiered.form.tiers_mode, 'volume');
    assert.equal(tiered.form['tiers[0][up_to]'], '100');
    assert.equal(tiered.form['tiers[0][unit_amount_decimal]'], '250.5');
    assert.equal(tiered.form['tiers[0][flat_amount]'], '1000');
    assert.equal(tiered.form['tiers[1][up_to]'], 'inf');
    assert.equal(tiered.form['tiers[1][flat_amount]'], undefined);
    assert.equal(tiered.form['recurring[usage_type]'], 'metered');
    assert.equal(flat.form.unit_amount_decimal, '4.999');
    assert.equal(flat.form.billing_scheme, 'per_unit');
    assert.ok(made.every((call) => String(call.headers['idempotency-key']).startsWith('hf-')));
  });

  it('nothing is made where everything is there', async (t) => {
    const { sink, calls } = await open(t, ({ path }) => {
      if (path === '/v1/billing/meters') {
        return list([
          { id: 'mtr_1', event_name: 'holdfast_protected_mailboxes', status: 'active' },
          { id: 'mtr_2', event_name: 'holdfast_sealed_mailboxes', status: 'active' },
          { id: 'mtr_3', event_name: 'holdfast_stored_gib', status: 'active' },
        ]);
      }
      return list([{ id: 'price_1' }]);
    });
    const plan = { planId: 'p', version: 1, from: '2026-11', name: 'S', terms: plainTerms };
    const found = await sink.ensureCatalogue(plan);
    assert.equal(found.items['stored-gib']?.meterId, 'mtr_3');
    assert.ok(calls.every((call) => call.method === 'GET'));
  });

  it('a plan without prices is refused before anything is made', async (t) => {
    const { sink, calls } = await open(t, () => list([]));
    const terms = { ...plainTerms, prices: {} };
    await assert.rejects(
      sink.ensureCatalogue({ planId: 'p', version: 1, from: '2026-11', name: 'Bare', terms }),
      (err) => isAppError(err, 'input.invalid') && /has no prices/.test(err.message),
    );
    assert.equal(calls.length, 0);
  });

  it('the same line is not added twice, a year later neither', async (t) => {
    const line = { id: 'il_1', amount: 500, currency: 'usd', metadata: { item_key: 'k' } };
    const { sink, calls } = await open(t, () => ({
      body: { id: 'in_1', currency: 'usd', created: 1, lines: { data: [line], has_more: false } },
    }));
    const item = {
      customerId: 'cus_1',
      invoiceId: 'in_1',
      currency: 'usd',
      amount: '5',
      description: 'Minimum',
      key: 'k',
    };
    assert.deepEqual(await sink.addItem(item), { itemId: 'il_1' });
    assert.ok(calls.every((call) => call.method === 'GET'));
  });

  it('what a meter shows is asked for the month, to the minute', async (t) => {
    const { sink, calls } = await open(t, ({ path }) =>
      list(path.includes('mtr_1') ? [{ aggregated_value: 118 }] : []),
    );
    const shown = await sink.readSummaries({ customerId: 'cus_1', catalogue, period: '2026-11' });
    assert.deepEqual(shown, {
      'protected-mailboxes': 118,
      'sealed-mailboxes': null,
      'stored-gib': null,
    });
    assert.equal(calls[0]!.form.start_time, String(Date.UTC(2026, 10, 1) / 1000));
    assert.equal(calls[0]!.form.end_time, String(Date.UTC(2026, 11, 1) / 1000));
  });
});

describe('what Stripe refuses', () => {
  const refused: [string, () => ReturnType<typeof refusal>, string, boolean, RegExp][] = [
    [
      'a wrong key',
      () => refusal(401, { message: 'Invalid API Key provided' }),
      'credential.invalid',
      false,
      /does not accept the secret key/,
    ],
    [
      'a key that may not',
      () => refusal(403, { code: 'x' }),
      'credential.invalid',
      false,
      /may not do this/,
    ],
    [
      'too much at a time',
      () => refusal(429, { code: 'rate_limit' }),
      'throttled',
      true,
      /asks for a pause/,
    ],
    [
      'a clock that is moving',
      () => refusal(429, { message: 'Test clock advancement underway' }),
      'throttled',
      true,
      /still moving/,
    ],
    [
      'an unknown thing',
      () => refusal(404, { code: 'resource_missing' }),
      'not-found',
      false,
      /does not know/,
    ],
    [
      'a currency it does not know',
      () => refusal(400, { param: 'currency', message: 'Invalid currency: xyz' }),
      'input.invalid',
      false,
      /does not know this currency/,
    ],
    [
      'too old an event',
      () => refusal(400, { code: 'timestamp_too_far_in_past' }),
      'source.refused',
      false,
      /35 days/,
    ],
    [
      'an archived meter',
      () => refusal(400, { code: 'archived_meter' }),
      'source.refused',
      false,
      /archived/,
    ],
    [
      'something new',
      () => refusal(400, { code: 'brand_new' }),
      'source.refused',
      false,
      /400 brand_new/,
    ],
  ];
  for (const [name, answer, code, retryable, sentence] of refused) {
    it(`${name}: ${code}`, async (t) => {
      // The SDK would try some of these again by itself; the header tells it not to.
      const { sink } = await open(t, () => ({
        ...answer(),
        headers: { 'stripe-should-retry': 'false' },
      }));
      await assert.rejects(sink.pushMeterEvent({ customerId: 'cus_1', event }), (err) => {
        assert.ok(isAppError(err));
        assert.deepEqual([err.code, err.retryable], [code, retryable]);
        assert.match(err.message, sentence);
        return true;
      });
    });
  }

  it('no answer at all is no refusal: the same push again, under the same key', async (t) => {
    const { sink, calls } = await open(t, (_, index) =>
      index === 0 ? { body: {}, hangUp: true } : { body: { object: 'billing.meter_event' } },
    );
    await sink.pushMeterEvent({ customerId: 'cus_1', event });
    assert.deepEqual(
      calls.map((call) => call.headers['idempotency-key']),
      [event.identifier, event.identifier],
    );
  });

  it('Stripe down is told as such, and that nothing is lost', async (t) => {
    const { sink } = await open(t, () => ({
      status: 503,
      body: { error: { message: 'down', type: 'api_error' } },
      headers: { 'stripe-should-retry': 'false' },
    }));
    await assert.rejects(
      sink.readInvoice('in_1'),
      (err: AppError) => err.retryable && /Nothing is lost/.test(err.message),
    );
  });
});
