import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { type StripeStandIn, startStripe } from '#test/stripe/server.ts';
import { runJointYears } from './joint-years.ts';

describe('months of an MSP through Postgres and Stripe’s stand-in', () => {
  let db: TestDatabase;
  let stripe: StripeStandIn;
  before(async () => {
    db = await createTestDatabase();
    stripe = await startStripe({ data: null });
  });
  after(async () => {
    await stripe.stop();
    await db.close();
  });

  it('end with ledger, meters and invoices alike in each month', async () => {
    const months = 2;
    const result = await runJointYears(db, stripe, stripeSink(stripe.facts), {
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
