/** How the daily counts of a month become the quantity of its invoice. */
export const aggregations = ['daily-average', 'peak', 'period-end'] as const;
export type Aggregation = (typeof aggregations)[number];

/** What is counted. Each is one meter at Stripe and one line of an invoice. */
export const dimensions = ['protected-mailboxes', 'sealed-mailboxes', 'stored-gib'] as const;
export type Dimension = (typeof dimensions)[number];

/**
 * A step of a price: up to and with `upTo` units (null: without end), each costs `unitPrice`, and
 * reaching the step costs `flat` once. Money is a decimal text in the currency's main unit, "2.50",
 * with at most 12 decimals of its smallest unit as Stripe allows; never a float.
 */
export interface Tier {
  upTo: number | null;
  unitPrice: string;
  flat: string;
}

export interface Price {
  /** Graduated: every unit at the price of its own step. Volume: all at the price of the last. */
  mode: 'graduated' | 'volume';
  tiers: readonly Tier[];
}

/** The terms of one version of a plan. Versions are never changed; a new one starts with a period. */
export interface PlanTerms {
  /** ISO 4217, lower case as Stripe writes it. */
  currency: string;
  aggregation: Aggregation;
  /** A dimension without a price is counted and not billed. */
  prices: Partial<Record<Dimension, Price>>;
  /** GiB that each billable mailbox (protected or sealed) brings into a pool of the whole account. */
  includedGibPerMailbox: number;
  /** The least that a full period costs, or null. Decimal text as in `Tier`. */
  minimum: string | null;
  /** Days from the start of a customer's protection (UTC, the first day counts) that cost nothing. */
  trialDays: number;
  /** Kinds of mailboxes that this plan bills although they are free by default. */
  billed: readonly ('shared-unlicensed' | 'room' | 'equipment')[];
}

export interface PlanVersion {
  planId: string;
  version: number;
  /** The first period that it applies to. */
  from: string;
  terms: PlanTerms;
}
