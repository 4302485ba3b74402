import { createHash } from 'node:crypto';
import { type Day, dayStart, type Period, periodOf } from './days.ts';
import type { Dimension } from './plan.ts';

/** One push to a meter: what an account has accrued of a dimension in a period, as of a day. */
export interface MeterEvent {
  dimension: Dimension;
  period: Period;
  /** The newest day that the account has observed in the period. */
  day: Day;
  /** From 0; a correction of the same day is the next one. */
  revision: number;
  /** Unique for ever, and the same whenever it is made again. */
  identifier: string;
  /** Within the day, and later for every later day and revision: the newest counts. */
  timestamp: Date;
  value: number;
}

/** Meters count the last event of a period, so a push is a correction of the one before. */
export const meterNames: Record<Dimension, string> = {
  'protected-mailboxes': 'holdfast_protected_mailboxes',
  'sealed-mailboxes': 'holdfast_sealed_mailboxes',
  'stored-gib': 'holdfast_stored_gib',
};

const noon = 12 * 3_600_000;
const mostRevisions = 12 * 3600;

export function meterEvent(input: {
  accountId: string;
  dimension: Dimension;
  day: Day;
  revision: number;
  value: number;
}): MeterEvent {
  const { accountId, dimension, day, revision, value } = input;
  if (!Number.isSafeInteger(value) || value < 0 || value >= 1e15) {
    throw new RangeError('A meter takes whole numbers of at most 15 digits.');
  }
  if (!Number.isInteger(revision) || revision < 0 || revision >= mostRevisions) {
    throw new RangeError('A day has no room for another revision.');
  }
  const period = periodOf(day);
  const seed = [accountId, dimension, period, day, String(revision)].join('|');
  const hash = createHash('sha256').update(seed).digest('hex').slice(0, 32);
  return {
    dimension,
    period,
    day,
    revision,
    identifier: `hf-${day}-${dimension}-r${revision}-${hash}`,
    timestamp: new Date(dayStart(day).getTime() + noon + revision * 1000),
    value,
  };
}

const dayMs = 86_400_000;

/**
 * Whether Stripe would still take an event: at most 35 days old and no more than five minutes ahead.
 * A margin of an hour stays at the far end, so that a push under way does not expire.
 */
export function pushWindow(timestamp: Date, now: Date): 'open' | 'too-old' | 'too-early' {
  const age = now.getTime() - timestamp.getTime();
  if (age > 35 * dayMs - 3_600_000) return 'too-old';
  return age < -5 * 60_000 ? 'too-early' : 'open';
}

/**
 * The first day that an account is billed for. On a day that had begun already when the account
 * subscribed, an event at noon could lie before the subscription and be lost, so that day is free.
 */
export function firstBillableDay(subscribedAt: Date): Day {
  const at = subscribedAt.getTime();
  return new Date(Math.ceil(at / dayMs) * dayMs).toISOString().slice(0, 10);
}
