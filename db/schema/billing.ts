import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  bytes,
  customerFence,
  moment,
  mspFence,
  operatorRead,
  readByKey,
  utcDay,
} from '../columns.ts';
import {
  accountStates,
  closingStates,
  creditWays,
  meterEventStates,
  planKinds,
  refundOutcomes,
  stripeEventStates,
  verdicts,
} from '../enums.ts';
import { msps } from './msps.ts';
import { tenants } from './tenants.ts';

export const planKind = pgEnum('plan_kind', planKinds);
export const accountState = pgEnum('account_state', accountStates);
export const meterEventState = pgEnum('meter_event_state', meterEventStates);
export const closingState = pgEnum('closing_state', closingStates);
export const stripeEventState = pgEnum('stripe_event_state', stripeEventStates);
export const verdict = pgEnum('verdict', verdicts);
export const creditWay = pgEnum('credit_way', creditWays);
export const refundOutcome = pgEnum('refund_outcome', refundOutcomes);

/**
 * A list of prices. The operator's have no MSP where they are for everybody, and the MSP's where they
 * were agreed with it; an MSP makes lists for its customers. `npm run plans` is the operator's door.
 */
export const plans = pgTable(
  'plans',
  {
    id: uuid().primaryKey(),
    mspId: uuid().references(() => msps.id),
    kind: planKind().notNull(),
    name: text().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [index('plans_of_msp').on(t.mspId), ...mspFence(), ...operatorSells(sql`kind = 'resale'`)],
);

/** Never changed: other terms are another version, which starts with a month. */
export const planVersions = pgTable(
  'plan_versions',
  {
    mspId: uuid().references(() => msps.id),
    planId: uuid()
      .notNull()
      .references(() => plans.id),
    version: integer().notNull(),
    fromPeriod: text().notNull(),
    /** `PlanTerms` of `lib/billing/plan.ts`. */
    terms: jsonb().$type<unknown>().notNull(),
    createdAt: moment().notNull(),
    createdBy: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.planId, t.version] }),
    ...mspFence(),
    ...operatorSells(
      sql`exists (select 1 from plans where plans.id = plan_id and plans.kind = 'resale' and plans.msp_id = plan_versions.msp_id)`,
    ),
  ],
);

/** Everybody reads the operator's lists; none but the operator writes one. */
function operatorSells(resale: ReturnType<typeof sql>) {
  return [
    pgPolicy('operator_lists', {
      as: 'permissive',
      for: 'select',
      to: 'public',
      using: sql`msp_id is null`,
    }),
    pgPolicy('operator_adds', {
      as: 'permissive',
      for: 'insert',
      to: 'app_owner',
      withCheck: sql`true`,
    }),
    pgPolicy('operator_sees', {
      as: 'permissive',
      for: 'select',
      to: 'app_owner',
      using: sql`true`,
    }),
    pgPolicy('resale_only', {
      as: 'restrictive',
      for: 'insert',
      to: 'app_user',
      withCheck: resale,
    }),
  ];
}

/**
 * Who pays: an MSP for all its customers, or one customer that is billed directly. Here and in what
 * hangs on it, no customer means the MSP as a whole: who is assigned to some customers sees no such row.
 */
export const billingAccounts = pgTable(
  'billing_accounts',
  {
    mspId: uuid()
      .notNull()
      .references(() => msps.id),
    id: uuid().notNull(),
    tenantId: uuid(),
    planId: uuid().references(() => plans.id),
    stripeCustomerId: text(),
    stripeSubscriptionId: text(),
    /** Which item of the subscription bills which dimension. */
    subscriptionItems: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** A clock at Stripe that tests and demonstrations move, and where it stands. */
    testClockId: text(),
    clockAt: moment(),
    state: accountState().notNull().default('none'),
    startedPeriod: text(),
    /** The first day that Stripe can bill: the day after the subscription began, but for midnight. */
    firstDay: utcDay(),
    /** Every day up to this one is in the ledger, for every customer of the account. */
    observedThrough: utcDay(),
    paymentFailedAt: moment(),
    graceUntil: moment(),
    newProtectionPausedAt: moment(),
    /** What Stripe last refused, as the code of its failure, and since when; null once it answered. */
    trouble: text(),
    troubleSince: moment(),
    /** The first month that a customer billed directly is the MSP's again. */
    endedPeriod: text(),
    syncedAt: moment(),
    createdAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    uniqueIndex('billing_accounts_msp').on(t.mspId).where(sql`tenant_id is null`),
    uniqueIndex('billing_accounts_customer')
      .on(t.mspId, t.tenantId)
      .where(sql`tenant_id is not null and ended_period is null`),
    uniqueIndex('billing_accounts_stripe').on(t.stripeCustomerId),
    ...mspFence(),
    customerFence(),
    // What Stripe tells names its customer, before anybody knows whose that is.
    readByKey('by_stripe_customer', sql`stripe_customer_id`, 'app.door'),
    readByKey('by_clock', sql`test_clock_id`, 'app.door'),
    operatorRead(),
    // Which time a month is billed by is nothing that the portal decides.
    pgPolicy('world_clock', {
      as: 'restrictive',
      for: 'insert',
      to: 'app_user',
      withCheck: sql`test_clock_id is null and clock_at is null`,
    }),
  ],
);

const accountScope = () => ({
  mspId: uuid().notNull(),
  accountId: uuid().notNull(),
  /** The customer of the account, if it is one that is billed directly. */
  tenantId: uuid(),
});

function ofAccount(t: { mspId: AnyPgColumn; accountId: AnyPgColumn }) {
  return [
    foreignKey({
      columns: [t.mspId, t.accountId],
      foreignColumns: [billingAccounts.mspId, billingAccounts.id],
    }),
    ...mspFence(),
    customerFence(),
  ];
}

/** A closed month, with the hash of the one before it. Added once, never changed. */
export const usagePeriods = pgTable(
  'usage_periods',
  {
    ...accountScope(),
    period: text().notNull(),
    planId: uuid().notNull(),
    planVersion: integer().notNull(),
    /** What was billed and how it came about: `Rating` of `lib/billing/rate.ts`. */
    quantities: jsonb().$type<unknown>().notNull(),
    /** Decimal text in the currency's main unit. */
    amount: text().notNull(),
    inputHash: bytes().notNull(),
    previousHash: bytes().notNull(),
    hash: bytes().notNull(),
    closedAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.mspId, t.accountId, t.period] }), ...ofAccount(t)],
);

/** Where the closing of a month stands. */
export const billingClosings = pgTable(
  'billing_closings',
  {
    ...accountScope(),
    period: text().notNull(),
    state: closingState().notNull(),
    step: text().notNull(),
    /** Why it is held, as a sentence. */
    reason: text(),
    invoiceId: text(),
    startedAt: moment().notNull(),
    heldSince: moment(),
    finalisedAt: moment(),
    changedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.accountId, t.period] }),
    ...ofAccount(t),
    // The worker closes months. The portal ends those that nothing bills, and no other.
    pgPolicy('write_off', {
      as: 'restrictive',
      for: 'update',
      to: 'app_user',
      using: sql`state = 'held' and step = 'left-out'`,
      withCheck: sql`state = 'finalised' and step = 'written-off' and reason is not null`,
    }),
  ],
);

/**
 * What Stripe's meters are told: written with the ledger, sent afterwards. What is told never
 * changes; whether it arrived does.
 */
export const meterEvents = pgTable(
  'meter_events',
  {
    ...accountScope(),
    /** Deterministic, at most 100 characters, never used twice. */
    identifier: text().notNull(),
    period: text().notNull(),
    day: utcDay().notNull(),
    dimension: text().notNull(),
    /** Counts the values of one day. */
    revision: integer().notNull(),
    value: integer().notNull(),
    /** The moment it counts at, within its day. */
    at: moment().notNull(),
    createdAt: moment().notNull(),
    state: meterEventState().notNull().default('waiting'),
    /** Stripe's own, where it was refused. */
    code: text(),
    attempts: integer().notNull().default(0),
    sentAt: moment(),
    settledAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.accountId, t.identifier] }),
    uniqueIndex('meter_events_order').on(t.mspId, t.accountId, t.dimension, t.at),
    index('meter_events_waiting')
      .on(t.mspId, t.accountId, t.dimension)
      .where(sql`state = 'waiting'`),
    ...ofAccount(t),
  ],
);

/** Ledger, meters and invoice, side by side. Added, never changed. */
export const billingReconciliations = pgTable(
  'billing_reconciliations',
  {
    ...accountScope(),
    id: uuid().notNull(),
    period: text().notNull(),
    at: moment().notNull(),
    /** `daily` or `close`. */
    occasion: text().notNull(),
    verdict: verdict().notNull(),
    /** For each dimension: what the ledger, the meter and the invoice say; null is not known. */
    lines: jsonb()
      .$type<
        {
          dimension: string;
          ledger: number;
          meter: number | null;
          invoice: number | null;
        }[]
      >()
      .notNull(),
    reason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    index('billing_reconciliations_latest').on(t.mspId, t.accountId, t.at.desc().nullsFirst()),
    ...ofAccount(t),
  ],
);

/** Stripe's invoices, as they were when last read. */
export const billingInvoices = pgTable(
  'billing_invoices',
  {
    ...accountScope(),
    id: text().notNull(),
    /** The month that it bills. */
    period: text().notNull(),
    number: text(),
    status: text().notNull(),
    currency: text().notNull(),
    /** Decimal text in the currency's main unit. */
    total: text().notNull(),
    amountDue: text().notNull(),
    lines: jsonb().$type<unknown[]>().notNull(),
    hostedUrl: text(),
    pdfUrl: text(),
    issuedAt: moment().notNull(),
    finalisedAt: moment(),
    paidAt: moment(),
    dueAt: moment(),
    syncedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    index('billing_invoices_latest').on(t.mspId, t.issuedAt.desc().nullsFirst()),
    ...ofAccount(t),
  ],
);

/**
 * What the operator gave back, by `npm run credits` and nothing else. Added once, never changed: what
 * became of a refund at Stripe is a row of `billing_refunds`.
 */
export const billingCredits = pgTable(
  'billing_credits',
  {
    ...accountScope(),
    id: uuid().notNull(),
    way: creditWay().notNull(),
    /** Decimal text in the currency's main unit, above zero. */
    amount: text().notNull(),
    currency: text().notNull(),
    /** For whoever pays: it stands on the invoice. */
    reason: text().notNull(),
    /** The invoice that it is about; that of a refund. */
    invoiceId: text(),
    /** The month whose invoice carries it; null for a refund. */
    bookedPeriod: text(),
    /** The credit that a refund takes the place of: that one comes off no invoice any more. */
    insteadOf: uuid(),
    createdAt: moment().notNull(),
    createdBy: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    check(
      'billing_credits_way',
      sql`(way = 'refund') = (booked_period is null) and (way <> 'refund' or invoice_id is not null)`,
    ),
    check('billing_credits_instead', sql`instead_of is null or way = 'refund'`),
    foreignKey({ columns: [t.mspId, t.insteadOf], foreignColumns: [t.mspId, t.id] }),
    // The same credit is sent back once.
    unique('billing_credits_instead_once').on(t.mspId, t.insteadOf),
    index('billing_credits_of_account').on(t.mspId, t.accountId),
    ...ofAccount(t),
  ],
);

/** What Stripe answered to a refund. Added once, never changed. */
export const billingRefunds = pgTable(
  'billing_refunds',
  {
    ...accountScope(),
    creditId: uuid().notNull(),
    outcome: refundOutcome().notNull(),
    /** Stripe's credit note, where it was given. */
    noteId: text(),
    /** Why it was refused, as a sentence. */
    reason: text(),
    at: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.creditId] }),
    foreignKey({
      columns: [t.mspId, t.creditId],
      foreignColumns: [billingCredits.mspId, billingCredits.id],
    }),
    ...ofAccount(t),
  ],
);

/**
 * What Stripe told, once each: the id is the key, and whoever knows it may read and settle it. Whose
 * it is, is found out afterwards.
 */
export const stripeEvents = pgTable(
  'stripe_events',
  {
    id: text().primaryKey(),
    mspId: uuid(),
    accountId: uuid(),
    type: text().notNull(),
    customerId: text(),
    objectId: text(),
    createdAt: moment().notNull(),
    receivedAt: moment().notNull(),
    state: stripeEventState().notNull().default('waiting'),
    handledAt: moment(),
  },
  (t) => [
    index('stripe_events_latest').on(t.mspId, t.receivedAt.desc().nullsFirst()),
    pgPolicy('by_id', {
      as: 'permissive',
      for: 'all',
      to: 'public',
      using: sql`id = nullif(current_setting('app.door', true), '')`,
      withCheck: sql`id = nullif(current_setting('app.door', true), '')`,
    }),
    pgPolicy('own_events', {
      as: 'permissive',
      for: 'select',
      to: 'public',
      using: sql`msp_id = nullif(current_setting('app.msp_id', true), '')::uuid`,
    }),
  ],
);

/**
 * What came in Stripe's name and was not taken: how often, and when last. Of the whole house, since
 * nobody's name is on it; it holds nothing of anybody.
 */
export const webhookRefusals = pgTable(
  'webhook_refusals',
  {
    /** Why, and with an MSP's id after it where the message named a customer of that MSP. */
    cause: text().primaryKey(),
    times: integer().notNull(),
    firstAt: moment().notNull(),
    lastAt: moment().notNull(),
  },
  () => [
    pgPolicy('everybody', {
      as: 'permissive',
      for: 'all',
      to: 'public',
      using: sql`true`,
      withCheck: sql`true`,
    }),
  ],
);
