import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytes, count, moment, tenantKey, tenantScope, utcDay } from '../columns.ts';
import { usageStates } from '../enums.ts';
import { ofTenant } from './tenants.ts';

/**
 * The ledger: rows can be added and read, never changed. No role has more, and a trigger refuses the
 * rest. A correction is a row with a higher version. Rows outlive what they are about, so nothing
 * but the customer is referenced.
 */

export const usageState = pgEnum('usage_state', usageStates);

/** A mailbox on a day. */
export const usageMailboxDays = pgTable(
  'usage_mailbox_days',
  {
    ...tenantScope(),
    day: utcDay().notNull(),
    /** The Exchange GUID, in lower case; never an address, which people change. */
    subject: text().notNull(),
    version: integer().notNull(),
    state: usageState().notNull(),
    /** Set exactly where the state is `free`. */
    reason: text(),
    mailboxId: uuid().notNull(),
    /** The run that left the newest good copy as of that day. */
    runId: uuid(),
    observedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day, t.subject, t.version] }),
    check('usage_mailbox_days_reason', sql`(state = 'free') = (reason is not null)`),
    ...ofTenant(t),
  ],
);

/** What a customer had stored as a day ended. */
export const usageStorageDays = pgTable(
  'usage_storage_days',
  {
    ...tenantScope(),
    day: utcDay().notNull(),
    version: integer().notNull(),
    /** What the vault takes up: compressed and deduplicated. This is billed. */
    physicalBytes: bigint({ mode: 'number' }).notNull(),
    /** What the mailboxes hold; shown beside it. */
    logicalBytes: bigint({ mode: 'number' }).notNull(),
    observedAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.version] }), ...ofTenant(t)],
);

/**
 * The counts of a customer's day, from the rows above in the same transaction, so that pages and
 * months need not add up the rows of mailboxes. The highest version of a day counts.
 */
export const usageDays = pgTable(
  'usage_days',
  {
    ...tenantScope(),
    day: utcDay().notNull(),
    version: integer().notNull(),
    protected: integer().notNull(),
    sealed: integer().notNull(),
    free: integer().notNull(),
    /** How many of the free ones for which reason. */
    reasons: jsonb().$type<Record<string, number>>().notNull(),
    /** The customer's whole day was within its trial: what it stores costs nothing either. */
    trial: boolean().notNull().default(false),
    physicalBytes: count(),
    logicalBytes: count(),
    /** Of the observations as they counted when this was written. */
    inputHash: bytes().notNull(),
    observedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day, t.version] }),
    index('usage_days_of_msp').on(t.mspId, t.day),
    ...ofTenant(t),
  ],
);

/** What was learned about a day of a closed month: the difference goes into a month that is open. */
export const usageAdjustments = pgTable(
  'usage_adjustments',
  {
    ...tenantKey(),
    accountId: uuid().notNull(),
    /** The month that was closed already, and the day in it. */
    period: text().notNull(),
    day: utcDay().notNull(),
    /** Of the day's counts that brought it about. */
    version: integer().notNull(),
    dimension: text().notNull(),
    /** Mailbox-days, or bytes of a day. */
    units: bigint({ mode: 'number' }).notNull(),
    /** Decimal text in the currency's main unit, below zero for a credit. */
    amount: text().notNull(),
    currency: text().notNull(),
    /** The month whose invoice carries it. */
    bookedPeriod: text().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('usage_adjustments_once').on(t.tenantId, t.day, t.version, t.dimension),
    index('usage_adjustments_booked').on(t.mspId, t.accountId, t.bookedPeriod),
    ...ofTenant(t),
  ],
);
