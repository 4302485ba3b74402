import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthOf } from '#app/(portal)/billing/parts/growth.ts';
import { difference, inGib, money, unitPrice } from '#app/(portal)/billing/parts/money.ts';
import { readTerms, writeTerms } from '#app/(portal)/billing/parts/terms-fields.ts';
import { parseTerms } from '#lib/billing/terms.ts';
import { AppError } from '#lib/core/errors.ts';
import { terms } from '#test/kit/billing.ts';

describe('money on a page', () => {
  it('is written by its currency, to the last cent, and never as a float', () => {
    assert.equal(money('12442.67', 'eur'), '€12,442.67');
    assert.equal(money('9007199254740993.07', 'usd'), '$9,007,199,254,740,993.07');
    assert.equal(money('295', 'jpy'), '¥295');
    assert.equal(money('-3.50', 'usd'), '−$3.50');
    assert.equal(money('1.234', 'kwd').replace(/\s/g, ' '), 'KWD 1.234');
  });

  it('keeps every decimal of a price, and says which way a difference goes', () => {
    assert.equal(unitPrice('0.0315', 'usd'), '$0.0315');
    assert.equal(unitPrice('2.5', 'usd'), '$2.50');
    assert.equal(difference('3.00', 'usd'), '+$3.00');
    assert.equal(difference('-3.00', 'usd'), '−$3.00');
    assert.equal(difference('0.00', 'usd'), '$0.00');
  });

  it('writes a code that no currency has beside the number', () => {
    assert.equal(money('5.00', '12x'), '5.00 12X');
  });

  it('counts bytes in GiB as the ledger does', () => {
    assert.equal(inGib(1024 ** 3), '1.00');
    assert.equal(inGib('5905580032'), '5.50');
    assert.equal(inGib(0), '0.00');
  });
});

describe('the fields of a plan', () => {
  const tiered = {
    ...terms,
    minimum: '20.00',
    billed: ['room' as const],
    prices: {
      ...terms.prices,
      'protected-mailboxes': {
        mode: 'volume' as const,
        tiers: [
          { upTo: 100, unitPrice: '2.50', flat: '5' },
          { upTo: null, unitPrice: '2.00', flat: '0' },
        ],
      },
    },
  };
  const read = (fields: ReadonlyMap<string, string>) => readTerms((name) => fields.get(name) ?? '');

  it('say the terms that they were written of', () => {
    assert.deepEqual(parseTerms(read(writeTerms(tiered))), tiered);
    assert.deepEqual(parseTerms(read(writeTerms(terms))), terms);
  });

  it('leave a line without any price out, and what is no number to the schema', () => {
    const fields = writeTerms(terms);
    fields.set('stored-0-price', '');
    assert.equal((read(fields) as typeof terms).prices['stored-gib'], undefined);
    fields.set('protected-0-price', 'four');
    assert.throws(() => parseTerms(read(fields)), AppError);
    assert.throws(() => parseTerms(read(new Map())), AppError);
  });
});

describe('why a forecast differs', () => {
  const days = (counts: number[]) =>
    counts.map((protectedCount, index) => ({
      day: `2026-11-0${index + 1}`,
      protected: protectedCount,
      sealed: 0,
      free: 0,
      physicalBytes: 0,
      logicalBytes: 0,
    }));

  it('names the customer whose last day is furthest from its average', () => {
    const still = { name: 'Fabrikam', direct: false, daily: days([5, 5, 5]) };
    assert.match(growthOf([still]), /every day is like the last/);
    assert.match(
      growthOf([still, { ...still, name: 'Litware', daily: days([0, 0, 9]) }]),
      /^Litware/,
    );
    const direct = { ...still, name: 'Own', direct: true, daily: days([0, 0, 90]) };
    assert.match(growthOf([still, direct]), /every day/);
  });
});
