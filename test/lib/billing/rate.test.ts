import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Dimension, PlanTerms } from '#lib/billing/plan.ts';
import { forecast, formatFraction, quantitiesOf, type Rating, rate } from '#lib/billing/rate.ts';
import { counts, everyDay, flatPrice, plainTerms } from './samples.ts';

const gib = 2 ** 30;

function lineOf(rating: Rating, dimension: Dimension) {
  return rating.lines.find((line) => line.dimension === dimension)!;
}

describe('a month at a plan', () => {
  it('bills the daily average of mailboxes, rounded half up once', () => {
    const days = [
      ...everyDay('a', '2026-11', 30, { protected: 117 }),
      ...everyDay('b', '2026-11', 15, { protected: 1 }),
    ];
    const line = lineOf(rate(days, plainTerms, '2026-11'), 'protected-mailboxes');
    assert.equal(line.unitDays, String(117 * 30 + 15));
    assert.equal(formatFraction(line.average, 2), '117.50');
    assert.equal(line.quantity, 118);
    assert.equal(line.amount, '295.00');
    assert.equal(line.peakDay, '2026-11-01');
    assert.equal(formatFraction(line.peak, 0), '118');
    assert.deepEqual(
      line.shares.map(({ tenantId, unitDays, amount }) => [tenantId, unitDays, amount]),
      [
        ['a', '3510', '293.74'],
        ['b', '15', '1.26'],
      ],
    );
  });

  it('bills the peak or the last day where the plan says so', () => {
    const days = [
      ...everyDay('a', '2026-11', 30, { protected: 10 }),
      counts('b', '2026-11-14', { protected: 5 }),
      counts('b', '2026-11-30', { protected: 2 }),
    ];
    const peak = rate(days, { ...plainTerms, aggregation: 'peak' }, '2026-11');
    const end = rate(days, { ...plainTerms, aggregation: 'period-end' }, '2026-11');
    assert.equal(lineOf(peak, 'protected-mailboxes').quantity, 15);
    assert.equal(lineOf(peak, 'protected-mailboxes').peakDay, '2026-11-14');
    assert.deepEqual(
      lineOf(peak, 'protected-mailboxes').shares.map((share) => share.quantity),
      [10, 5],
    );
    assert.equal(lineOf(end, 'protected-mailboxes').quantity, 12);
    assert.deepEqual(
      lineOf(end, 'protected-mailboxes').shares.map((share) => share.amount),
      ['25.00', '5.00'],
    );
  });

  it('takes storage off a pool of the whole account and rounds up at the very end', () => {
    const days = [
      ...everyDay('a', '2026-11', 30, { protected: 1, physicalBytes: 30 * gib }),
      ...everyDay('b', '2026-11', 30, { protected: 3, physicalBytes: 20 * gib }),
    ];
    const within = lineOf(rate(days, plainTerms, '2026-11'), 'stored-gib');
    assert.deepEqual([within.included, within.quantity], [40, 10]);
    // Carried by who uses more than its own mailboxes brought.
    assert.deepEqual(
      within.shares.map((share) => share.amount),
      ['0.50', '0.00'],
    );
    const oneByteMore = [...days, counts('a', '2026-11-30', { physicalBytes: 1 })];
    assert.equal(lineOf(rate(oneByteMore, plainTerms, '2026-11'), 'stored-gib').quantity, 11);
  });

  it('adds petabytes without losing a byte', () => {
    const days = everyDay('a', '2026-12', 31, { physicalBytes: 4 * 1024 ** 5 + 1 });
    const line = lineOf(rate(days, plainTerms, '2026-12'), 'stored-gib');
    assert.equal(line.unitDays, String(31n * (4n * 1024n ** 5n + 1n)));
    assert.equal(line.quantity, 4 * 1024 ** 2 + 1);
  });

  it('prices steps graduated and by volume, flat fees with them', () => {
    const tiers = [
      { upTo: 5, unitPrice: '7', flat: '1' },
      { upTo: 10, unitPrice: '6.5', flat: '2' },
      { upTo: null, unitPrice: '6', flat: '0' },
    ];
    const at = (mode: 'graduated' | 'volume', mailboxes: number) => {
      const terms: PlanTerms = {
        ...plainTerms,
        prices: { 'protected-mailboxes': { mode, tiers } },
      };
      return rate(everyDay('a', '2026-11', 30, { protected: mailboxes }), terms, '2026-11').total;
    };
    assert.deepEqual(
      [0, 1, 5, 6, 10, 20].map((mailboxes) => at('graduated', mailboxes)),
      ['1.00', '8.00', '36.00', '44.50', '70.50', '130.50'],
    );
    assert.deepEqual(
      [0, 1, 5, 6, 20].map((mailboxes) => at('volume', mailboxes)),
      ['1.00', '8.00', '36.00', '41.00', '120.00'],
    );
  });

  it('tops up to the minimum, in proportion where the account began in mid month', () => {
    const terms = { ...plainTerms, minimum: '100' };
    const days = everyDay('a', '2026-11', 30, { protected: 10 });
    const whole = rate(days, terms, '2026-11');
    assert.deepEqual([whole.minimum?.amount, whole.total], ['75.00', '100.00']);
    const half = rate(days, terms, '2026-11', { from: '2026-11-16' });
    assert.equal(lineOf(half, 'protected-mailboxes').quantity, 5);
    assert.deepEqual([half.minimum?.of, half.total], ['50.00', '50.00']);
    const more = rate(everyDay('a', '2026-11', 30, { protected: 100 }), terms, '2026-11');
    assert.deepEqual([more.minimum?.amount, more.total], ['0.00', '250.00']);
  });

  it('never bills our own fault, and what is free by default only where the plan says so', () => {
    const days = everyDay('a', '2026-11', 30, {
      protected: 4,
      free: { 'our-fault': 9, room: 2, equipment: 1, 'shared-unlicensed': 3 },
    });
    const quantity = (billed: PlanTerms['billed']) =>
      lineOf(rate(days, { ...plainTerms, billed }, '2026-11'), 'protected-mailboxes').quantity;
    assert.equal(quantity([]), 4);
    assert.equal(quantity(['room']), 6);
    assert.equal(quantity(['room', 'equipment', 'shared-unlicensed']), 10);
  });

  it('costs nothing in a trial, storage neither', () => {
    const days = everyDay('a', '2026-11', 30, {
      free: { trial: 7 },
      physicalBytes: 900 * gib,
      trial: true,
    });
    assert.equal(rate(days, { ...plainTerms, trialDays: 30 }, '2026-11').total, '0.00');
  });

  it('counts what has no price and does not bill it', () => {
    const terms = { ...plainTerms, prices: { 'protected-mailboxes': flatPrice('2') } };
    const rating = rate(
      everyDay('a', '2026-11', 30, { protected: 1, sealed: 5 }),
      terms,
      '2026-11',
    );
    assert.equal(lineOf(rating, 'sealed-mailboxes').quantity, 5);
    assert.equal(lineOf(rating, 'sealed-mailboxes').billed, false);
    assert.equal(rating.total, '2.00');
  });

  it('rounds money half up to the cent, to the yen and to the fils', () => {
    const at = (currency: string, unitPrice: string) =>
      rate(
        everyDay('a', '2026-11', 30, { protected: 3 }),
        { ...plainTerms, currency, prices: { 'protected-mailboxes': flatPrice(unitPrice) } },
        '2026-11',
      ).total;
    assert.equal(at('usd', '0.335'), '1.01');
    assert.equal(at('jpy', '0.5'), '2');
    assert.equal(at('kwd', '0.0005'), '0.002');
  });
});

describe('a running month', () => {
  it('accrues day by day and reaches the quantity of the month on its last day', () => {
    const days = everyDay('a', '2026-11', 30, { protected: 20 });
    const accrued = [1, 2, 15, 29, 30].map((last) => {
      const rating = rate(days, plainTerms, '2026-11', {
        through: `2026-11-${String(last).padStart(2, '0')}`,
      });
      return quantitiesOf(rating)['protected-mailboxes'];
    });
    assert.deepEqual(accrued, [1, 1, 10, 19, 20]);
  });

  it('tells the average of the days so far', () => {
    const days = everyDay('a', '2026-11', 22, { protected: 118 });
    const pace = rate(days, plainTerms, '2026-11', { basis: 'pace' });
    assert.deepEqual([pace.days, pace.divisor, pace.total], [22, 22, '295.00']);
  });

  it('is empty before its first day', () => {
    const rating = rate([], plainTerms, '2026-11', { basis: 'pace' });
    assert.deepEqual([rating.through, rating.days, rating.total], [null, 0, '0.00']);
    assert.equal(forecast([], plainTerms, '2026-11').expected.total, '0.00');
  });

  it('forecasts between the week’s lowest day and growth that goes on', () => {
    const days = Array.from({ length: 10 }, (_, index) =>
      counts('a', `2026-11-${String(index + 1).padStart(2, '0')}`, { protected: 100 + index }),
    );
    const { low, expected, high } = forecast(days, plainTerms, '2026-11');
    const [l, e, h] = [low, expected, high].map((one) => one.quantities['protected-mailboxes']);
    assert.deepEqual([l, e, h], [104, 108, 115]);
  });

  it('has no range once the month is over', () => {
    const days = everyDay('a', '2024-02', 29, { protected: 3 });
    const { low, expected, high } = forecast(days, plainTerms, '2024-02');
    assert.deepEqual([low.total, high.total], [expected.total, expected.total]);
  });
});
