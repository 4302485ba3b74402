import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTerms } from '#lib/billing/terms.ts';
import { isAppError } from '#lib/core/errors.ts';
import { flatPrice, plainTerms } from './samples.ts';

const step = (upTo: number | null, unitPrice = '1', flat = '0') => ({ upTo, unitPrice, flat });
const priced = (...tiers: ReturnType<typeof step>[]) => ({
  prices: { 'protected-mailboxes': { mode: 'graduated', tiers } },
});

describe('terms as somebody writes them', () => {
  const refused: [string, object, RegExp][] = [
    ['a plan without prices', { prices: {} }, /A plan without prices bills nothing/],
    ['a currency Stripe does not know', { currency: 'xyz' }, /does not know the currency "xyz"/],
    ['a currency in capitals', { currency: 'USD' }, /lower case/],
    [
      'steps out of order',
      priced(step(10), step(5), step(null)),
      /Steps go upwards: this one ends at 5, the one before at 10/,
    ],
    ['two steps that end alike', priced(step(10), step(10), step(null)), /Steps go upwards/],
    ['a last step with an end', priced(step(10)), /The last step has no end/],
    [
      'an endless step in the middle',
      priced(step(null), step(null)),
      /Only the last step is without end/,
    ],
    ['no steps at all', priced(), /at least one step/],
    ['a step of half a unit', priced(step(1.5), step(null)), /whole number/],
    ['a negative price', priced(step(null, '-1')), /not negative/],
    ['a price as a word', priced(step(null, 'free')), /number such as 2.50/],
    ['a price with an exponent', priced(step(null, '1e3')), /number such as 2.50/],
    [
      'a price finer than Stripe takes',
      priced(step(null, '0.000000000000001')),
      /more than the 14 decimals/,
    ],
    ['a flat fee finer than a cent', priced(step(null, '1', '0.005')), /more than the 2 decimals/],
    ['cents of yen', { currency: 'jpy', minimum: '1.5' }, /at most 0 decimals/],
    ['a minimum of a tenth of a cent', { minimum: '9.999' }, /at most 2 decimals/],
    [
      'a minimum of fils that Stripe rounds',
      { currency: 'kwd', minimum: '1.005' },
      /at most 2 decimals/,
    ],
    [
      'a price of a thousandth of a dinar',
      { currency: 'bhd', ...priced(step(null, '0.125')) },
      /more than the 2 decimals/,
    ],
    [
      'a flat fee of a part of a króna',
      { currency: 'isk', ...priced(step(null, '1', '0.5')) },
      /more than the 0 decimals/,
    ],
    ['a part of a shilling', { currency: 'ugx', minimum: '10.5' }, /at most 0 decimals/],
    ['half a GiB', { includedGibPerMailbox: 0.5 }, /whole number of GiB/],
    ['a trial of minus a day', { trialDays: -1 }, /0 days or more/],
  ];
  for (const [name, change, sentence] of refused) {
    it(`refuses ${name} in a plain sentence`, () => {
      assert.throws(
        () => parseTerms({ ...plainTerms, ...change }),
        (err) => isAppError(err, 'input.invalid') && sentence.test(err.message),
      );
    });
  }

  it('names every problem at its place', () => {
    assert.throws(
      () => parseTerms({ ...plainTerms, currency: 'xyz', trialDays: -1 }),
      (err) => isAppError(err) && 'currency' in err.data && 'trialDays' in err.data,
    );
  });

  it('takes what Stripe bills in currencies whose amounts are coarse', () => {
    const tiers = priced(step(null, '0.25', '1.50'));
    assert.equal(parseTerms({ ...plainTerms, currency: 'kwd', ...tiers }).currency, 'kwd');
    const whole = priced(step(null, '25', '150'));
    assert.equal(parseTerms({ ...plainTerms, currency: 'isk', ...whole }).currency, 'isk');
  });

  it('takes one price and leaves the rest unbilled', () => {
    const terms = parseTerms({ ...plainTerms, prices: { 'stored-gib': flatPrice('0') } });
    assert.deepEqual(Object.keys(terms.prices), ['stored-gib']);
  });
});
