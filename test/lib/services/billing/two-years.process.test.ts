import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startBillingServers } from '#test/kit/billing-servers.ts';
import { runJointYears } from './joint-years.ts';

const { db, stripe, sink, stop } = await startBillingServers();

describe('months of an MSP through Postgres and Stripe’s stand-in', () => {
  after(stop);

  it('end with ledger, meters and invoices alike in each month', async () => {
    const months = 2;
    const result = await runJointYears(db, stripe, sink, {
      seed: 20_261,
      customers: 4,
      mailboxes: 6,
      start: '2024-02',
      months,
      trialDays: 6,
      news: 0.7,
      surprises: 0.3,
    });
    assert.equal(result.invoices, 3 * months);
    assert.ok(result.adjustments > 0, 'facts came to light late');
    assert.ok(result.notices > 0, 'Stripe told something');
    assert.ok(result.catchUps > 0, 'nights were missed');
  });
});
