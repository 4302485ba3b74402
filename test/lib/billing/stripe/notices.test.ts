import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { isAppError } from '#lib/core/errors.ts';

const sink = stripeSink({
  apiUrl: 'http://127.0.0.1:1',
  secretKey: 'sk_test_x',
  webhookSecrets: ['whsec_new', 'whsec_old'],
});
const now = new Date('2026-11-14T12:00:00Z');

function signed(body: string, secret = 'whsec_new', at = now): string {
  const time = Math.floor(at.getTime() / 1000);
  const mac = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${mac}`;
}

function snapshot(type: string, object: object): string {
  return JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type,
    created: 1_763_121_600,
    data: { object },
  });
}

const invoice = snapshot('invoice.created', { object: 'invoice', id: 'in_1', customer: 'cus_1' });

describe('a notice of Stripe', () => {
  it('says what it is about and nothing more', () => {
    const read = (body: string) => {
      const { about, ...rest } = sink.parseNotice({ body, signature: signed(body), now });
      const id = Object.entries(rest).find(([name]) =>
        ['invoiceId', 'subscriptionId', 'sessionId', 'clockId'].includes(name),
      );
      return [about, id?.[1] ?? null, rest.customerId];
    };
    assert.deepEqual(read(invoice), ['invoice', 'in_1', 'cus_1']);
    const about = (type: string, object: object) => read(snapshot(type, object));
    assert.deepEqual(
      about('customer.subscription.updated', {
        object: 'subscription',
        id: 'sub_1',
        customer: 'cus_1',
      }),
      ['subscription', 'sub_1', 'cus_1'],
    );
    assert.deepEqual(
      about('checkout.session.completed', {
        object: 'checkout.session',
        id: 'cs_1',
        customer: 'cus_1',
      }),
      ['checkout', 'cs_1', 'cus_1'],
    );
    assert.deepEqual(
      about('credit_note.created', {
        object: 'credit_note',
        id: 'cn_1',
        invoice: 'in_2',
        customer: 'cus_1',
      }),
      ['invoice', 'in_2', 'cus_1'],
    );
    assert.deepEqual(about('customer.updated', { object: 'customer', id: 'cus_9' }), [
      'customer',
      null,
      'cus_9',
    ]);
    assert.deepEqual(
      about('test_helpers.test_clock.ready', { object: 'test_helpers.test_clock', id: 'clock_1' }),
      ['clock', 'clock_1', null],
    );
    assert.deepEqual(about('invoice.upcoming', { object: 'invoice', customer: 'cus_1' }), [
      'nothing',
      null,
      'cus_1',
    ]);
    assert.deepEqual(about('something.new', { object: 'new', id: 'x_1' }), ['nothing', null, null]);
  });

  it('of refused meter events comes thin', () => {
    const body = JSON.stringify({
      id: 'evt_2',
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      created: '2026-11-14T11:59:00.000Z',
      livemode: false,
      related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    });
    const notice = sink.parseNotice({ body, signature: signed(body, 'whsec_old'), now });
    assert.deepEqual([notice.about, notice.noticeId], ['meter-error', 'evt_2']);
  });

  it('is taken with the new secret and with the one before', () => {
    for (const secret of ['whsec_new', 'whsec_old']) {
      sink.parseNotice({ body: invoice, signature: signed(invoice, secret), now });
    }
  });

  it('is refused unsigned, wrongly signed, changed on the way, or too old', () => {
    const refused = (
      signature: string | null,
      body: string,
      code: Parameters<typeof isAppError>[1],
    ) =>
      assert.throws(
        () => sink.parseNotice({ body, signature, now }),
        (err) => isAppError(err, code),
      );
    refused(null, invoice, 'forbidden');
    refused('', invoice, 'forbidden');
    refused('nonsense', invoice, 'forbidden');
    refused(signed(invoice, 'whsec_other'), invoice, 'forbidden');
    refused(signed(invoice), invoice.replace('in_1', 'in_2'), 'forbidden');
    refused(signed(invoice, 'whsec_old', new Date(now.getTime() - 301_000)), invoice, 'expired');
    refused(signed('nonsense'), 'nonsense', 'input.invalid');
  });

  it('is not read at all where there is nothing to check it with', () => {
    const bare = stripeSink({ apiUrl: 'http://127.0.0.1:1', secretKey: 'x', webhookSecrets: [] });
    assert.throws(
      () => bare.parseNotice({ body: invoice, signature: signed(invoice), now }),
      (err) => isAppError(err, 'config.invalid'),
    );
  });
});
