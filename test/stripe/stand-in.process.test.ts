import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, test } from 'node:test';
import Stripe from 'stripe';
import { stripeClient } from './client.ts';
import { meterErrorCodes, noFaults } from './faults.ts';
import { type StripeFacts, type StripeStandIn, startStripe } from './server.ts';
import { advance, refusal } from './target.ts';

/** What only a stand-in can be asked for: faults, lost and doubled webhooks, an end by `kill -9`. */

const anchor = { day_of_month: 1, hour: 0, minute: 0, second: 0 };
const january = Date.UTC(2026, 0, 10, 9) / 1000;
const february = Date.UTC(2026, 1, 1) / 1000;

let standIn: StripeStandIn;
let stripe: Stripe;
beforeEach(async () => {
  standIn = await startStripe({ data: null });
  stripe = stripeClient(standIn.facts);
});
afterEach(() => standIn.stop());

async function furnish(client = stripe) {
  const { id: clock } = await client.testHelpers.testClocks.create({ frozen_time: january });
  const customer = await client.customers.create({ name: 'Northwind', test_clock: clock });
  const meter = await client.billing.meters.create({
    display_name: 'Protected mailboxes',
    event_name: 'protected',
    default_aggregation: { formula: 'last' },
  });
  const price = await client.prices.create({
    currency: 'usd',
    product_data: { name: 'Protected mailboxes' },
    unit_amount: 250,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const use = (value: number, identifier: string, by = client) =>
    by.billing.meterEvents.create({
      event_name: 'protected',
      payload: { stripe_customer_id: customer.id, value: String(value) },
      identifier,
    });
  const sum = async () => {
    const { data } = await client.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: january - 86_400,
      end_time: february,
    });
    return data[0]!.aggregated_value;
  };
  return { clock, customer, meter, price, use, sum };
}

/** What takes webhooks: keeps each, and answers as it is told. */
async function mailbox() {
  const letters: Array<{ body: string; signature: string }> = [];
  let status = 200;
  const waiting: Array<() => void> = [];
  const server = createServer(async (req: IncomingMessage, res: ServerResponse) => {
    let body = '';
    for await (const part of req) body += part;
    letters.push({ body, signature: String(req.headers['stripe-signature']) });
    res.writeHead(status).end();
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    letters,
    answer: (next: number) => {
      status = next;
    },
    async count(n: number) {
      while (letters.length < n) await new Promise<void>((wake) => waiting.push(wake));
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

describe('faults of the stand-in', () => {
  test('a lost answer is asked for again with the same key, and happened once', async () => {
    const retrying = stripeClient(standIn.facts, { retries: 2 });
    standIn.faults.loseReply = 1;
    const customer = await retrying.customers.create({ name: 'Once' });
    const { data } = await stripe.customers.list();
    assert.deepEqual(
      data.map((it) => it.id),
      [customer.id],
    );
  });

  test('down is a broken connection or an error, and then everything is there again', async () => {
    const { sum, use } = await furnish();
    await use(4, 'a');
    standIn.faults.down = 'refused';
    assert.equal((await refusal(() => use(5, 'b'))).type, 'StripeConnectionError');
    standIn.faults.down = 503;
    assert.equal((await refusal(() => use(5, 'b'))).status, 503);
    standIn.faults.down = null;
    assert.equal(await sum(), 4);
  });

  test('two events of one customer and meter at once: one is refused with 429', async () => {
    const { use, sum } = await furnish();
    const gate = Promise.withResolvers<void>();
    standIn.faults.meterGate = gate.promise;
    const sent = [use(1, 'a'), use(1, 'b')];
    const refused = await Promise.race(sent.map((each) => refusal(() => each)));
    assert.equal(refused.status, 429);
    gate.resolve();
    const results = await Promise.allSettled(sent);
    assert.deepEqual(results.map((it) => it.status).sort(), ['fulfilled', 'rejected']);
    await use(9, 'c');
    assert.equal(await sum(), 9);
  });

  test('an identifier is remembered for a day by the clock, and then no more', async () => {
    const { use, clock } = await furnish();
    await use(1, 'a');
    assert.equal((await refusal(() => use(1, 'a'))).param, 'identifier');
    await advance(stripe, clock, january + 25 * 3600);
    await use(1, 'a');
  });

  test('an event is taken back within a day, and not later', async () => {
    const { use, sum, clock } = await furnish();
    const cancel = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({
        event_name: 'protected',
        type: 'cancel',
        cancel: { identifier },
      });
    await use(1, 'a');
    await advance(stripe, clock, january + 60);
    await use(2, 'b');
    await cancel('b');
    assert.equal(await sum(), 1);
    await advance(stripe, clock, january + 25 * 3600);
    assert.equal((await refusal(() => cancel('a'))).status, 400);
  });

  test('sums know an event later than it was taken', async () => {
    const { use, sum } = await furnish();
    standIn.faults.summaryDelayMs = 3_600_000;
    await use(7, 'a');
    assert.equal(await sum(), 0);
    await control('clock', { advanceMs: 3_600_000 });
    assert.equal(await sum(), 7);
  });

  test('nothing of a customer can be changed while the clock is on its way', async () => {
    const { clock, customer } = await furnish();
    standIn.account.store.get('test clock', clock)!.status = 'advancing';
    const refused = await refusal(() => stripe.customers.update(customer.id, { name: 'x' }));
    assert.equal(refused.status, 429);
    assert.equal((await stripe.customers.retrieve(customer.id)).id, customer.id);
  });

  test('an error before the act leaves nothing, and the same key can be used again', async () => {
    standIn.faults.failBefore = 1;
    const key = { idempotencyKey: 'once' };
    assert.equal((await refusal(() => stripe.customers.create({}, key))).status, 500);
    await stripe.customers.create({}, key);
    assert.equal((await stripe.customers.list()).data.length, 1);
  });

  test('the control route sets what the process sets', async () => {
    await control('faults', { cardsFail: true, webhookCopies: 3 });
    assert.deepEqual(standIn.faults, { ...noFaults(), cardsFail: true, webhookCopies: 3 });
  });
});

describe('webhooks of the stand-in', () => {
  test('snapshots are signed with the secret of their endpoint', async () => {
    await using post = await mailbox();
    standIn.registerPortal(post.url);
    const customer = await stripe.customers.create({ name: 'Northwind' });
    await post.count(1);
    const [letter] = post.letters;
    const [snapshotSecret, thinSecret] = standIn.facts.webhookSecrets;
    const event = stripe.webhooks.constructEvent(letter!.body, letter!.signature, snapshotSecret!);
    assert.equal(event.type, 'customer.created');
    assert.equal((event.data.object as Stripe.Customer).id, customer.id);
    assert.equal(event.api_version, Stripe.API_VERSION);
    assert.throws(() =>
      stripe.webhooks.constructEvent(letter!.body, letter!.signature, thinSecret!),
    );
    assert.throws(() =>
      stripe.webhooks.constructEvent(`${letter!.body} `, letter!.signature, snapshotSecret!),
    );
    assert.equal((await stripe.events.retrieve(event.id)).type, event.type);
  });

  test('each code of a meter error comes as a thin event that says which event it was', async () => {
    const { use, sum, meter } = await furnish();
    for (const code of meterErrorCodes) {
      await using post = await mailbox();
      standIn.registerPortal(post.url);
      standIn.faults.meterErrors = [code];
      await use(3, `refused-${code}`);
      await post.count(1);
      const [letter] = post.letters;
      const notification = stripe.parseEventNotification(
        letter!.body,
        letter!.signature,
        standIn.facts.webhookSecrets[1]!,
      );
      assert.equal(JSON.parse(letter!.body).data, undefined);
      const event = await notification.fetchEvent();
      const { reason } = (event as unknown as { data: unknown })
        .data as Stripe.V2.Core.Events.V1BillingMeterErrorReportTriggeredEvent.Data;
      assert.equal(reason.error_types[0]!.code, code);
      assert.equal(reason.error_types[0]!.sample_errors[0]!.request.identifier, `refused-${code}`);
      if ('fetchRelatedObject' in notification && code !== 'no_meter') {
        const related = (await notification.fetchRelatedObject()) as Stripe.Billing.Meter;
        assert.equal(related.id, meter.id);
      }
    }
    assert.equal(await sum(), 0);
  });

  test('they come twice, late, turned round or never, as told', async () => {
    await using post = await mailbox();
    standIn.registerPortal(post.url);
    const names = () =>
      post.letters
        .map((it) => (JSON.parse(it.body) as Stripe.Event).data.object as { name: string })
        .map((it) => it.name);
    standIn.faults.webhookLose = 1;
    await stripe.customers.create({ name: 'lost' });
    standIn.faults.webhookCopies = 2;
    await stripe.customers.create({ name: 'twice' });
    await post.count(2);
    assert.deepEqual(names(), ['twice', 'twice']);
    standIn.faults.webhookCopies = 1;
    standIn.faults.webhookReorder = 3;
    for (const name of ['1', '2', '3']) await stripe.customers.create({ name });
    await post.count(5);
    assert.deepEqual(names().slice(2).sort(), ['1', '2', '3']);
    standIn.faults.webhookReorder = 0;
    standIn.faults.webhookWrongSecret = true;
    await stripe.customers.create({ name: 'forged' });
    await post.count(6);
    const forged = post.letters[5]!;
    for (const secret of standIn.facts.webhookSecrets) {
      assert.throws(() => stripe.webhooks.constructEvent(forged.body, forged.signature, secret));
    }
  });

  test('what is not answered with 2xx comes again', async () => {
    await using post = await mailbox();
    standIn.registerPortal(post.url);
    post.answer(500);
    await stripe.customers.create({ name: 'again' });
    await post.count(1);
    post.answer(200);
    await post.count(2);
    assert.equal(post.letters[0]!.body, post.letters[1]!.body);
  });
});

describe('pages of the stand-in', () => {
  const post = (url: string, fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

  test('Checkout leads back with the session, and the subscription is there', async () => {
    const { customer, price, clock } = await furnish();
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: price.id }],
      success_url: 'https://holdfast.example/billing?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://holdfast.example/billing?cancelled=1',
      subscription_data: {
        billing_cycle_anchor_config: anchor,
        billing_mode: { type: 'flexible' },
        metadata: { account: 'a' },
      },
    });
    const page = await (await fetch(session.url!)).text();
    assert.match(page, /Protected mailboxes/);
    assert.match(page, /2\.50 USD each/);
    assert.match(page, /href="https:\/\/holdfast\.example\/billing\?cancelled=1"/);
    const declined = await post(session.url!, {
      number: '4000 0000 0000 0002',
      email: 'a@b.example',
    });
    assert.match(await declined.text(), /was declined/);
    const done = await post(session.url!, { number: '4242 4242 4242 4242', email: 'a@b.example' });
    assert.equal(done.status, 303);
    assert.equal(
      done.headers.get('location'),
      `https://holdfast.example/billing?session=${session.id}`,
    );
    const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    assert.equal(after.status, 'complete');
    const subscription = after.subscription as Stripe.Subscription;
    assert.deepEqual(subscription.metadata, { account: 'a' });
    assert.equal(subscription.items.data[0]!.current_period_end, february);
    assert.equal(subscription.test_clock, clock);
    // A second press of the button subscribes nobody twice.
    await post(session.url ?? `${standIn.facts.apiUrl}/c/pay/${session.id}`, {
      number: '4242 4242 4242 4242',
      email: 'a@b.example',
    });
    const { data } = await stripe.subscriptions.list({ customer: customer.id });
    assert.equal(data.length, 1);
  });

  test('the customer portal changes the card, pays what is open and ends the subscription', async () => {
    const { customer, price, use, clock } = await furnish();
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: bad.id,
      billing_cycle_anchor_config: anchor,
    });
    await use(2, 'a');
    await advance(stripe, clock, february + 7200);
    const { url } = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'https://holdfast.example/billing',
    });
    assert.match(await (await fetch(url)).text(), /past due/);
    await post(url, { act: 'card', number: '4242424242424242' });
    assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active');
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    assert.equal(invoice!.status, 'paid');
    await post(url, { act: 'cancel', subscription: subscription.id });
    const ending = await stripe.subscriptions.retrieve(subscription.id);
    assert.equal(ending.cancel_at_period_end, true);
    const shown = await (await fetch(invoice!.hosted_invoice_url!)).text();
    assert.match(shown, /2 × Protected mailboxes/);
    const pdf = Buffer.from(await (await fetch(invoice!.invoice_pdf!)).arrayBuffer());
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  });
});

describe('routes of the stand-in', () => {
  test('what has a schema has an answer, and anything else is told so', async () => {
    const file = join(import.meta.dirname, 'schema', 'parameters.json');
    const { Parameters } = JSON.parse(await readFile(file, 'utf8')) as {
      Parameters: { properties: Record<string, unknown> };
    };
    const ask = async (method: string, path: string) => {
      const answer = await fetch(`${standIn.facts.apiUrl}${path.replace(':id', 'x')}`, {
        method,
        headers: {
          authorization: `Bearer ${standIn.facts.secretKey}`,
          'stripe-version': Stripe.API_VERSION,
        },
      });
      return ((await answer.json()) as { error?: { message: string } }).error?.message ?? '';
    };
    const unknown: string[] = [];
    for (const route of Object.keys(Parameters.properties)) {
      const [method, path] = route.split(' ') as [string, string];
      if (/Unrecognized|failed/.test(await ask(method, path))) unknown.push(route);
    }
    assert.deepEqual(unknown, []);
    assert.match(await ask('GET', '/v1/quotes'), /^Unrecognized request URL/);
  });

  test('another version of the API is refused', async () => {
    const old = new Stripe(standIn.facts.secretKey, {
      host: '127.0.0.1',
      port: new URL(standIn.facts.apiUrl).port,
      protocol: 'http',
      apiVersion: '2024-06-20' as Stripe.LatestApiVersion,
      maxNetworkRetries: 0,
    });
    assert.equal((await refusal(() => old.customers.list())).status, 400);
  });
});

describe('the memory of the stand-in', () => {
  test('after kill -9, and with a torn last line, everything that was answered is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stripe-'));
    try {
      const first = await launch(folder);
      const client = stripeClient(first.facts);
      const { customer, use } = await furnish(client);
      await use(5, 'kept');
      const created = await client.products.create({ name: 'kept' }, { idempotencyKey: 'k' });
      first.child.kill('SIGKILL');
      await first.ended;
      await appendFile(join(folder, 'account', 'journal.jsonl'), '[["customer","cus_torn",{"id"');

      const second = await launch(folder);
      const again = stripeClient(second.facts);
      assert.equal((await again.customers.retrieve(customer.id)).id, customer.id);
      const replay = await again.products.create({ name: 'kept' }, { idempotencyKey: 'k' });
      assert.equal(replay.id, created.id);
      assert.equal((await refusal(() => use(5, 'kept', again))).param, 'identifier');
      assert.equal(second.facts.secretKey, first.facts.secretKey);
      second.child.kill('SIGTERM');
      assert.equal(await second.ended, 0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function launch(folder: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'server.ts'), '--data', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const facts = await new Promise<StripeFacts>((done) => {
    createInterface({ input: child.stdout }).once('line', (line) => done(JSON.parse(line)));
  });
  return { child, ended, facts };
}

async function control(name: string, body: object): Promise<void> {
  const answer = await fetch(`${standIn.facts.apiUrl}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
}
