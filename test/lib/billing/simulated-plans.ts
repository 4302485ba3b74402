import type { PlanTerms } from '#lib/billing/plan.ts';
import type { PlanOf } from './two-years.ts';

const wholesale: PlanTerms = {
  currency: 'usd',
  aggregation: 'daily-average',
  prices: {
    'protected-mailboxes': {
      mode: 'graduated',
      tiers: [
        { upTo: 20, unitPrice: '2.50', flat: '10' },
        { upTo: 1000, unitPrice: '2.105', flat: '0' },
        { upTo: null, unitPrice: '1.85', flat: '0' },
      ],
    },
    'sealed-mailboxes': { mode: 'volume', tiers: [{ upTo: null, unitPrice: '0.80', flat: '0' }] },
    'stored-gib': { mode: 'graduated', tiers: [{ upTo: null, unitPrice: '0.0499', flat: '0' }] },
  },
  includedGibPerMailbox: 20,
  minimum: '75',
  trialDays: 14,
  billed: [],
};

/** Dearer from the thirteenth month on, and rooms with it. */
const dearer: PlanTerms = {
  ...wholesale,
  prices: {
    ...wholesale.prices,
    'protected-mailboxes': {
      mode: 'graduated',
      tiers: [{ upTo: null, unitPrice: '2.75', flat: '0' }],
    },
  },
  billed: ['room'],
};

/** One wholesale account that changes its plan, and two customers billed directly in other ways. */
export const simulatedPlans: PlanOf[] = [
  (period) =>
    period < '2024-03' ? { version: 1, terms: wholesale } : { version: 2, terms: dearer },
  () => ({ version: 1, terms: { ...wholesale, aggregation: 'peak', minimum: null } }),
  () => ({ version: 1, terms: { ...wholesale, aggregation: 'period-end', minimum: '5' } }),
];
