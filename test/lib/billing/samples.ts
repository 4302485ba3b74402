import type { DayCounts } from '#lib/billing/observation.ts';
import type { PlanTerms, Price } from '#lib/billing/plan.ts';

export function flatPrice(unitPrice: string): Price {
  return { mode: 'graduated', tiers: [{ upTo: null, unitPrice, flat: '0' }] };
}

export const plainTerms: PlanTerms = {
  currency: 'usd',
  aggregation: 'daily-average',
  prices: {
    'protected-mailboxes': flatPrice('2.50'),
    'sealed-mailboxes': flatPrice('0.75'),
    'stored-gib': flatPrice('0.05'),
  },
  includedGibPerMailbox: 10,
  minimum: null,
  trialDays: 0,
  billed: [],
};

export function counts(
  tenantId: string,
  day: string,
  numbers: Partial<Omit<DayCounts, 'tenantId' | 'day'>> = {},
): DayCounts {
  return {
    tenantId,
    day,
    protected: 0,
    sealed: 0,
    free: {},
    physicalBytes: 0,
    logicalBytes: 0,
    trial: false,
    ...numbers,
  };
}

/** The same numbers on every day of a month up to `last`. */
export function everyDay(
  tenantId: string,
  period: string,
  last: number,
  numbers: Partial<Omit<DayCounts, 'tenantId' | 'day'>>,
): DayCounts[] {
  return Array.from({ length: last }, (_, index) =>
    counts(tenantId, `${period}-${String(index + 1).padStart(2, '0')}`, numbers),
  );
}
