import { openDatabase } from '#db/client.ts';
import { systemClock } from '#lib/core/clock.ts';
import { addOperatorVersion, listOperatorPlans } from '#lib/services/billing/operator-plans.ts';

/** What the demo's operator asks of its providers, in the form of `npm run plans -- add`. */
export const standardTerms = {
  currency: 'usd',
  aggregation: 'daily-average',
  prices: {
    'protected-mailboxes': {
      mode: 'graduated',
      tiers: [
        { upTo: 100, unitPrice: '2.50', flat: '0' },
        { upTo: null, unitPrice: '2.00', flat: '0' },
      ],
    },
    'sealed-mailboxes': {
      mode: 'graduated',
      tiers: [{ upTo: null, unitPrice: '0.75', flat: '0' }],
    },
    'stored-gib': { mode: 'graduated', tiers: [{ upTo: null, unitPrice: '0.05', flat: '0' }] },
  },
  includedGibPerMailbox: 10,
  minimum: '20.00',
  trialDays: 0,
  billed: [],
};

/** Gives a catalogue without any price list the one that the demo bills by. */
export async function ensureStandardPlan(ownerUrl: string): Promise<void> {
  const db = openDatabase(ownerUrl, { connections: 1 });
  try {
    if ((await listOperatorPlans(db)).length > 0) return;
    await addOperatorVersion(db, systemClock, {
      name: 'Standard',
      mspId: null,
      from: '2020-01',
      terms: standardTerms,
      by: 'the first start',
    });
  } finally {
    await db.close();
  }
}
