import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulate } from '#lib/billing/simulate.ts';
import { isAppError } from '#lib/core/errors.ts';
import { everyDay, flatPrice, plainTerms } from './samples.ts';

const days = [
  ...everyDay('ant', '2026-11', 30, { protected: 10, free: { room: 5 } }),
  ...everyDay('bee', '2026-11', 30, { protected: 10 }),
];

describe('other terms for a month that was', () => {
  it('show the difference for each line and each customer', () => {
    const { lines, customers, difference } = simulate(
      days,
      {
        current: plainTerms,
        proposed: {
          ...plainTerms,
          prices: { ...plainTerms.prices, 'protected-mailboxes': flatPrice('2') },
          billed: ['room'],
          minimum: '60',
        },
      },
      '2026-11',
    );
    assert.deepEqual(
      lines.map((line) => [
        line.dimension,
        line.quantityBefore,
        line.quantityAfter,
        line.difference,
      ]),
      [
        ['protected-mailboxes', 20, 25, '0.00'],
        ['sealed-mailboxes', 0, 0, '0.00'],
        ['stored-gib', 0, 0, '0.00'],
        ['minimum', 0, 0, '10.00'],
      ],
    );
    assert.deepEqual(customers, [
      { tenantId: 'ant', before: '25.00', after: '36.00', difference: '11.00' },
      { tenantId: 'bee', before: '25.00', after: '24.00', difference: '-1.00' },
    ]);
    assert.equal(difference, '10.00');
  });

  it('change nothing where they are the same', () => {
    const same = simulate(days, { current: plainTerms, proposed: plainTerms }, '2026-11');
    assert.equal(same.difference, '0.00');
    assert.ok(same.customers.every((customer) => customer.difference === '0.00'));
  });

  it('are not compared across currencies', () => {
    assert.throws(
      () =>
        simulate(
          days,
          { current: plainTerms, proposed: { ...plainTerms, currency: 'eur' } },
          '2026-11',
        ),
      (err) => isAppError(err, 'input.invalid'),
    );
  });
});
