import { bigint, boolean, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { count, moment, tenantScope } from '../columns.ts';
import { runState, runTrigger } from './runs.ts';
import { ofTenant } from './tenants.ts';

/**
 * What lists of customers show of each: sums over its mailboxes, made anew by the worker when a run
 * or a discovery ends, since a page cannot add up 100,000 mailboxes. `at` is the age of all of them.
 */
export const customerFigures = pgTable(
  'customer_figures',
  {
    ...tenantScope(),
    /** Mailboxes that are neither excluded nor erased. */
    mailboxes: integer().notNull().default(0),
    protected: integer().notNull().default(0),
    sealed: integer().notNull().default(0),
    /** Protected or sealed, with a good copy. */
    covered: integer().notNull().default(0),
    /** Protected, never backed up, and nothing says why. */
    unexplained: integer().notNull().default(0),
    /** Good copies of them lack items that are named. */
    withGaps: integer().notNull().default(0),
    /** Protected, and the last attempt gave a cause instead of a copy. */
    failing: integer().notNull().default(0),
    /** Of the protected mailboxes, the good copy that is longest ago. */
    oldestGoodAt: moment(),
    newestGoodAt: moment(),
    items: count(),
    rawBytes: count(),
    storedBytes: count(),
    /** Of the target, where it can tell. */
    targetFreeBytes: count(),
    targetKnown: boolean().notNull().default(false),
    /** Names the target, so that customers on the same one are told together. */
    targetPlace: text(),
    /**
     * The outcomes of a month, by half hours of UTC from `historyFrom` on
     * (`lib/services/coverage/history.ts`): a page makes days of any time zone of it.
     */
    history: text().notNull().default(''),
    historyFrom: moment(),
    /** When the newest run ended that left good copies. */
    goodRunAt: moment(),
    /** The longest time between two such runs, over the month. */
    worstGapMs: bigint({ mode: 'number' }),
    medianGapMs: bigint({ mode: 'number' }),
    /** Items that runs of the month listed and did not account for. */
    unexplainedItems: count(),
    at: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId] }), ...ofTenant(t)],
);

/**
 * The newest run of each customer as the run itself says it. A trigger of `runs` writes it in the
 * same transaction, whoever changes a run: lists of customers would look for 500 of them otherwise.
 */
export const lastRuns = pgTable(
  'last_runs',
  {
    ...tenantScope(),
    runId: uuid().notNull(),
    state: runState().notNull(),
    trigger: runTrigger().notNull(),
    reason: text(),
    createdAt: moment().notNull(),
    endedAt: moment(),
  },
  (t) => [primaryKey({ columns: [t.tenantId] }), ...ofTenant(t)],
);

/**
 * What staff said to an incident: it is mine; leave me alone until then. Incidents themselves are
 * worked out from the catalogue; `cause` names one within its customer.
 */
export const incidentNotes = pgTable(
  'incident_notes',
  {
    ...tenantScope(),
    cause: text().notNull(),
    takenBy: text(),
    takenAt: moment(),
    snoozedUntil: moment(),
    snoozeReason: text(),
    /** How many mailboxes it was about when it was put to sleep: more of them wake it. */
    snoozedAt: integer(),
    ticket: text(),
    changedAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.cause] }), ...ofTenant(t)],
);
