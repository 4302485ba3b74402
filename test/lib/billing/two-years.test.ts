import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulatedPlans } from './simulated-plans.ts';
import { runTwoYears } from './two-years.ts';

describe('two years of an MSP', () => {
  for (const seed of [1, 2, 20_261]) {
    it(`end with ledger, meters and invoices alike in each month (seed ${seed})`, () => {
      const world = {
        seed,
        customers: 7,
        mailboxes: 9,
        start: '2023-03',
        months: 24,
        trialDays: 14,
      };
      const result = runTwoYears(world, simulatedPlans, true);
      // What was meant to happen did happen.
      assert.ok(result.adjustments > 0);
      assert.ok(result.catchUps > 3);
      assert.ok(result.heldAtFirst > 0);
    });
  }

  it('are the same two years for the same seed', () => {
    const world = {
      seed: 7,
      customers: 4,
      mailboxes: 3,
      start: '2023-12',
      months: 4,
      trialDays: 14,
    };
    assert.deepEqual(
      runTwoYears(world, simulatedPlans, true),
      runTwoYears(world, simulatedPlans, false),
    );
  });
});
