import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type Stripe from 'stripe';
import {
  asDecimal,
  priceQuantity,
  readDecimal,
  roundToUnit,
  writeDecimal,
} from './billing/amounts.ts';
import { anchorFrom, periodEnd } from './billing/periods.ts';
import { checkParameters } from './http/check.ts';
import { StripeFailure } from './http/failures.ts';
import { readForm } from './http/form.ts';

const monthly = { interval: 'month', interval_count: 1 };
const firstOfMonth = { day_of_month: 1, hour: 0, minute: 0, second: 0 };

function tiered(mode: 'graduated' | 'volume', tiers: Array<[number | null, number]>): Stripe.Price {
  return {
    billing_scheme: 'tiered',
    tiers_mode: mode,
    tiers: tiers.map(([upTo, unit]) => ({
      up_to: upTo,
      unit_amount: unit,
      unit_amount_decimal: asDecimal(String(unit)),
      flat_amount: null,
      flat_amount_decimal: null,
    })),
  } as Stripe.Price;
}

describe('what a price makes of a quantity', () => {
  const ladder = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 5, maxLength: 5 }),
    )
    .map(([ends, units]) => {
      const sorted = [...ends].sort((a, b) => a - b);
      return [...sorted, null].map((end, at) => [end, units[at]!] as [number | null, number]);
    });

  test('graduated: the parts are the quantity, and each unit costs what its own tier says', () => {
    fc.assert(
      fc.property(ladder, fc.integer({ min: 0, max: 800 }), (tiers, quantity) => {
        const parts = priceQuantity(tiered('graduated', tiers), quantity);
        assert.equal(
          parts.reduce((sum, part) => sum + part.quantity, 0),
          quantity,
        );
        let expected = 0;
        for (let unit = 1; unit <= quantity; unit++) {
          expected += tiers.find(([end]) => end === null || unit <= end)![1];
        }
        assert.equal(
          parts.reduce((sum, part) => sum + part.amount, 0),
          expected,
        );
      }),
    );
  });

  test('volume: all cost what the tier of the quantity says', () => {
    fc.assert(
      fc.property(ladder, fc.integer({ min: 0, max: 800 }), (tiers, quantity) => {
        const [part] = priceQuantity(tiered('volume', tiers), quantity);
        const unit = tiers.find(([end]) => end === null || quantity <= end)![1];
        assert.deepEqual([part!.quantity, part!.amount], [quantity, unit * quantity]);
      }),
    );
  });

  test('decimals are read and written without loss, and rounded once, half away from zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => {
        assert.equal(readDecimal(writeDecimal(value), 'x'), value);
      }),
    );
    for (const [text, cents] of [
      ['250.5', 251],
      ['-250.5', -251],
      ['250.499999999999', 250],
      ['0', 0],
    ] as const) {
      assert.equal(roundToUnit(readDecimal(text, 'x')), cents, text);
    }
    assert.throws(() => readDecimal('1.0000000000001', 'x'));
  });
});

describe('periods', () => {
  test('anchored to the first of the month they are the months of the calendar in UTC', () => {
    const moment = fc.integer({
      min: Date.UTC(2023, 0, 1) / 1000,
      max: Date.UTC(2032, 0, 1) / 1000,
    });
    fc.assert(
      fc.property(moment, (start) => {
        const anchor = anchorFrom(firstOfMonth, start);
        const at = new Date(start * 1000);
        const onAnchor = start === Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1) / 1000;
        const next = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1) / 1000;
        assert.equal(anchor, onAnchor ? start : next);
        let begin = periodEnd(anchor, start, monthly);
        for (let month = 2; month < 16; month++) {
          const end = periodEnd(anchor, begin, monthly);
          assert.equal(end, Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + month, 1) / 1000);
          begin = end;
        }
      }),
    );
  });

  test('anchored to the 31st they end on the last day of shorter months', () => {
    const start = Date.UTC(2027, 11, 31, 12) / 1000;
    const ends = [start];
    for (let month = 0; month < 3; month++) ends.push(periodEnd(start, ends.at(-1)!, monthly));
    assert.deepEqual(
      ends.map((end) => new Date(end * 1000).toISOString().slice(0, 10)),
      ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31'],
    );
  });
});

describe('parameters', () => {
  const refusalOf = (form: string) => {
    try {
      checkParameters('POST /v1/subscriptions', readForm(form));
    } catch (err) {
      if (err instanceof StripeFailure) return [err.body.code, err.body.param];
      throw err;
    }
    return null;
  };

  test('texts of a form become what the types say', () => {
    const form =
      'customer=cus_1&items[0][price]=price_1&items[0][metadata][n]=7&cancel_at_period_end=false&billing_cycle_anchor_config[day_of_month]=1&metadata[a]=&expand[]=customer';
    assert.deepEqual(checkParameters('POST /v1/subscriptions', readForm(form)), {
      customer: 'cus_1',
      items: [{ price: 'price_1', metadata: { n: '7' } }],
      cancel_at_period_end: false,
      billing_cycle_anchor_config: { day_of_month: 1 },
      metadata: { a: null },
      expand: ['customer'],
    });
  });

  test('what does not fit is refused by its whole name', () => {
    assert.deepEqual(refusalOf('items[0][aggregate]=x'), [
      'parameter_unknown',
      'items[0][aggregate]',
    ]);
    assert.deepEqual(refusalOf('customer='), ['parameter_invalid_empty', 'customer']);
    assert.deepEqual(refusalOf('billing_cycle_anchor_config[day_of_month]=first'), [
      'parameter_invalid_integer',
      'billing_cycle_anchor_config[day_of_month]',
    ]);
    assert.deepEqual(refusalOf('billing_mode[flexible][proration_discounts]=included'), [
      'parameter_missing',
      'billing_mode[type]',
    ]);
    assert.equal(refusalOf('proration_behavior=none&trial_end=now'), null);
  });

  test('any form at all is taken or refused, never worse', () => {
    const key = fc.stringMatching(/^[a-z_[\]0-9]{0,30}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), (pairs) => {
        refusalOfAny(new URLSearchParams(pairs).toString());
      }),
    );
    function refusalOfAny(form: string) {
      try {
        checkParameters('POST /v1/prices', readForm(form));
      } catch (err) {
        if (!(err instanceof StripeFailure)) throw err;
      }
    }
  });
});
