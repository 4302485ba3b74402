import type { Day } from './days.ts';

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

/** One append-only line of the ledger: a mailbox on a day. A later version supersedes an earlier one. */
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
  version: number;
}

export interface Observations {
  mailboxes: readonly MailboxDay[];
  storage: readonly StorageDay[];
}
