import type { Day } from './days.ts';
import type { PlanTerms } from './plan.ts';

/** What one mailbox was on one day. The higher state of a day counts: protected, then sealed, then free. */
export type UsageState = 'protected' | 'sealed' | 'free';

/** Why a mailbox that is in our care costs nothing on a day. */
export const freeReasons = [
  /** A shared mailbox whose account has no licence. */
  'shared-unlicensed',
  'room',
  'equipment',
  /** Within the trial days of the account's plan. */
  'trial',
  /** It should have been protected and was not, and the reason was ours. */
  'our-fault',
] as const;
export type FreeReason = (typeof freeReasons)[number];

/**
 * One append-only line of the ledger: a mailbox on a day. But for the trial it says what was, not
 * what a plan makes of it: a room is free here and may be billed by its plan, see `countsAs`.
 */
export interface MailboxDay {
  tenantId: string;
  /** The Exchange GUID of the mailbox; never an address, which people change. */
  subject: string;
  day: Day;
  state: UsageState;
  /** Set exactly where the state is `free`. */
  reason: FreeReason | null;
  /** From 1; the highest of a (tenant, day, subject) counts. */
  version: number;
}

/** What a customer had stored as a day ended. */
export interface StorageDay {
  tenantId: string;
  day: Day;
  /** What the vault takes up: compressed and deduplicated. This is billed. */
  physicalBytes: number;
  /** What the mailboxes hold; shown beside it. */
  logicalBytes: number;
  /** The customer was in its trial on this day, so that what it stored costs nothing. */
  trial: boolean;
  version: number;
}

export interface Observations {
  mailboxes: Iterable<MailboxDay>;
  storage: Iterable<StorageDay>;
}

export type FreeCounts = Partial<Record<FreeReason, number>>;

/** A customer's day in numbers: all that a price is calculated of. */
export interface DayCounts {
  tenantId: string;
  day: Day;
  protected: number;
  sealed: number;
  free: FreeCounts;
  physicalBytes: number;
  logicalBytes: number;
  trial: boolean;
}

type Standing = Pick<MailboxDay, 'state' | 'reason'>;

/** Of what a mailbox was on a day under two names, the one that counts. */
function rank({ state, reason }: Standing): number {
  if (state === 'protected') return 100;
  if (state === 'sealed') return 99;
  return reason === null ? 0 : 1 + freeReasons.indexOf(reason);
}

/** Whether `next` takes the place of `known`: a later version, or the higher state of the same one. */
export function supersedes(
  next: Standing & { version: number },
  known: Standing & { version: number },
): boolean {
  return next.version === known.version ? rank(next) > rank(known) : next.version > known.version;
}

/** As what a plan bills a mailbox-day; null where it costs nothing. */
export function countsAs(day: Standing, terms: PlanTerms): 'protected' | 'sealed' | null {
  if (day.state !== 'free') return day.state;
  return day.reason !== null && isBilled(day.reason, terms) ? 'protected' : null;
}

/** Whether a plan bills what is free by default. Trial days only count where a plan has none. */
export function isBilled(reason: FreeReason, terms: PlanTerms): boolean {
  if (reason === 'our-fault') return false;
  if (reason === 'trial') return terms.trialDays === 0;
  return terms.billed.includes(reason);
}

/** Counts what one customer's mailboxes were on one day, one row a mailbox. */
export function countDay(
  rows: Iterable<Standing>,
): Pick<DayCounts, 'protected' | 'sealed' | 'free'> {
  let protectedCount = 0;
  let sealed = 0;
  const free: FreeCounts = {};
  for (const { state, reason } of rows) {
    if (state === 'protected') protectedCount++;
    else if (state === 'sealed') sealed++;
    else if (reason !== null) free[reason] = (free[reason] ?? 0) + 1;
  }
  return { protected: protectedCount, sealed, free };
}

/**
 * Daily counts of raw observations in any order, with duplicates and superseded versions in them.
 * Days come sorted, and customers within a day.
 */
export function countDays({ mailboxes, storage }: Observations): DayCounts[] {
  const days = new Map<string, { subjects: Map<string, MailboxDay>; storage: StorageDay | null }>();
  const open = (tenantId: string, day: Day) => {
    const key = `${day}|${tenantId}`;
    let known = days.get(key);
    if (known === undefined) {
      known = { subjects: new Map(), storage: null };
      days.set(key, known);
    }
    return known;
  };
  for (const row of mailboxes) {
    const { subjects } = open(row.tenantId, row.day);
    const known = subjects.get(row.subject);
    if (known === undefined || supersedes(row, known)) subjects.set(row.subject, row);
  }
  for (const row of storage) {
    const day = open(row.tenantId, row.day);
    if (day.storage === null || storageSupersedes(row, day.storage)) day.storage = row;
  }
  return [...days.keys()].sort().map((key) => {
    const { subjects, storage: stored } = days.get(key)!;
    return {
      tenantId: key.slice(11),
      day: key.slice(0, 10),
      ...countDay(subjects.values()),
      physicalBytes: stored?.physicalBytes ?? 0,
      logicalBytes: stored?.logicalBytes ?? 0,
      trial: stored?.trial ?? false,
    };
  });
}

/** Of two readings of the same version the larger counts, so that their order does not matter. */
function storageSupersedes(next: StorageDay, known: StorageDay): boolean {
  if (next.version !== known.version) return next.version > known.version;
  if (next.trial !== known.trial) return known.trial;
  return (
    next.physicalBytes > known.physicalBytes ||
    (next.physicalBytes === known.physicalBytes && next.logicalBytes > known.logicalBytes)
  );
}
