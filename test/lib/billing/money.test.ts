import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  allocate,
  divideHalfUp,
  divideUp,
  formatAmount,
  parseAmount,
  parsePrice,
  priceInMinor,
  priceOf,
} from '#lib/billing/money.ts';
import { isAppError } from '#lib/core/errors.ts';

const seed = 20_261;

describe('money', () => {
  it('reads and writes amounts of currencies with two, no and three decimals', () => {
    for (const [text, currency, minor] of [
      ['295', 'usd', 29_500n],
      ['295.5', 'usd', 29_550n],
      ['-0.01', 'usd', -1n],
      ['2.500', 'usd', 250n],
      ['500', 'jpy', 500n],
      ['1.005', 'kwd', 1005n],
    ] as const) {
      assert.equal(parseAmount(text, currency), minor);
      assert.equal(parseAmount(formatAmount(minor, currency), currency), minor);
    }
    assert.equal(formatAmount(5n, 'usd'), '0.05');
    assert.equal(formatAmount(-5n, 'usd'), '-0.05');
    assert.equal(formatAmount(-5n, 'jpy'), '-5');
  });

  it('refuses what is no amount', () => {
    for (const text of ['', 'abc', '1e3', '1,5', ' 1', '1.', '.5', '+1', '1.005', 'NaN']) {
      assert.throws(
        () => parseAmount(text, 'usd'),
        (err) => isAppError(err, 'input.invalid'),
      );
    }
  });

  it('rounds half away from zero', () => {
    assert.deepEqual(
      [5n, 4n, -5n, -4n, 15n].map((value) => divideHalfUp(value, 10n)),
      [1n, 0n, -1n, 0n, 2n],
    );
    assert.deepEqual(
      [0n, 1n, 10n, 11n, -5n].map((value) => divideUp(value, 10n)),
      [0n, 1n, 1n, 2n, 0n],
    );
  });

  it('keeps twelve decimals of a cent, as Stripe does', () => {
    assert.equal(priceInMinor(parsePrice('2.505')!, 'usd'), '250.5');
    assert.equal(priceInMinor(parsePrice('0.00000000000001')!, 'usd'), '0.000000000001');
    assert.equal(priceInMinor(parsePrice('3')!, 'jpy'), '3');
    assert.equal(priceOf(1_000_000, parsePrice('0.000000015')!, 'usd'), 2n);
  });

  it('hands out all of a total, and nobody is a unit off what is due', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 30 }),
        (total, weights) => {
          const sum = weights.reduce((all, weight) => all + weight, 0n);
          const parts = allocate(total, weights);
          if (sum === 0n) {
            assert.ok(parts.every((part) => part === 0n));
            return;
          }
          assert.equal(
            parts.reduce((all, part) => all + part, 0n),
            total,
          );
          for (const [index, part] of parts.entries()) {
            const exact = total * weights[index]!;
            const off = part * sum - exact;
            assert.ok(off < sum && -off < sum);
            if (weights[index] === 0n) assert.equal(part, 0n);
          }
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});
