import { type Day, dayStart, nextDay } from './days.ts';
import type { FreeReason, UsageState } from './observation.ts';

/** What is known of a mailbox when a day is observed, at the day's end or any time later. */
export interface MailboxFacts {
  kind: 'user' | 'shared' | 'room' | 'equipment' | 'archive';
  /** As it is now. Times say what it was on the day, where they are known. */
  state: 'discovered' | 'protected' | 'excluded' | 'sealed' | 'erased';
  discoveredAt: Date;
  sealedAt: Date | null;
  /** Null where Microsoft was not asked: counts as licensed. */
  licensed: boolean | null;
  /** How often its policy wants a copy. */
  everyMinutes: number;
  /** The last good copy that ended before the day's end; null for none so far. */
  lastGoodAt: Date | null;
  /** Why attempts of that day failed: codes of `AppError` and causes of runs. */
  causes: readonly string[];
  /** The customer or its MSP had stopped backups on the day: consent withdrawn, schedule paused. */
  stopped: boolean;
}

export interface Observed {
  state: UsageState;
  reason: FreeReason | null;
}

const protectedDay: Observed = Object.freeze({ state: 'protected', reason: null });
const sealedDay: Observed = Object.freeze({ state: 'sealed', reason: null });
const free = Object.freeze({
  'shared-unlicensed': Object.freeze({ state: 'free', reason: 'shared-unlicensed' }),
  room: Object.freeze({ state: 'free', reason: 'room' }),
  equipment: Object.freeze({ state: 'free', reason: 'equipment' }),
  trial: Object.freeze({ state: 'free', reason: 'trial' }),
  'our-fault': Object.freeze({ state: 'free', reason: 'our-fault' }),
} as const satisfies Record<FreeReason, Observed>);

/**
 * Causes that lie with the customer, its Microsoft 365 or the people who run its backups. Everything
 * else is ours, what we do not know included: a doubt is never billed.
 */
const theirs = new Set([
  'consent.missing',
  'consent.refused',
  'source.gone',
  'source.refused',
  'source.unavailable',
  'throttled',
  'waited-too-long',
  'cancelled',
  'sealed',
  'excluded',
  'discovered',
  'erased',
]);

/** Whether a mailbox was left without a copy for a reason of ours. Nothing tried is ours as well. */
export function isOurs(causes: readonly string[], stopped: boolean): boolean {
  if (stopped) return false;
  return causes.length === 0 || causes.some((cause) => !theirs.has(cause));
}

const minute = 60_000;

/**
 * What a mailbox was on a day (UTC); null where it was not in our care. The higher state of the day
 * counts: on the day it was sealed a mailbox is protected once more, and nothing besides.
 */
export function observe(facts: MailboxFacts, day: Day, trialUntil: Day | null): Observed | null {
  const start = dayStart(day).getTime();
  const end = dayStart(nextDay(day)).getTime();
  // An In-Place archive belongs to its mailbox, which is counted.
  if (facts.kind === 'archive' || facts.discoveredAt.getTime() >= end) return null;
  const copiedAt = facts.lastGoodAt === null ? null : facts.lastGoodAt.getTime();
  const copiedToday = copiedAt !== null && copiedAt >= start && copiedAt < end;

  const sealedAt = facts.sealedAt?.getTime() ?? null;
  const sealed = facts.state === 'sealed' && sealedAt !== null && sealedAt < start;
  if (!sealed) {
    // Left out or not yet taken in, unless a copy shows that it was protected earlier that day.
    if (facts.state !== 'protected' && facts.state !== 'sealed' && !copiedToday) return null;
  }
  // A mailbox without any copy yet is not in our care, unless a first one was due and we failed it.
  const due = Math.max(copiedAt ?? 0, facts.discoveredAt.getTime()) + facts.everyMinutes * minute;
  const late = !sealed && !copiedToday && due < end && (sealedAt === null || sealedAt >= end);
  const failed = late && isOurs(facts.causes, facts.stopped);
  if (copiedAt === null && !failed) return null;

  if (trialUntil !== null && day <= trialUntil) return free.trial;
  // A sealed mailbox has no licence and no calendar to be booked: what it was no longer matters.
  if (sealed) return sealedDay;
  if (facts.kind === 'room' || facts.kind === 'equipment') return free[facts.kind];
  if (facts.kind === 'shared' && facts.licensed === false) return free['shared-unlicensed'];
  return failed ? free['our-fault'] : protectedDay;
}

/** The last day of a trial that began on `first`; null for a plan without one. */
export function trialEnd(first: Day, trialDays: number): Day | null {
  if (trialDays === 0) return null;
  return new Date(dayStart(first).getTime() + (trialDays - 1) * 86_400_000)
    .toISOString()
    .slice(0, 10);
}
