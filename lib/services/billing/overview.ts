import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ClosingState } from '#db/enums.ts';
import { meterEvents, planVersions, stripeEvents } from '#db/schema/billing.ts';
import { tenants } from '#db/schema/tenants.ts';
import {
  type Day,
  dayOf,
  nextPeriod,
  type Period,
  periodOf,
  previousPeriod,
} from '#lib/billing/days.ts';
import { sumAmounts } from '#lib/billing/money.ts';
import type { PlanTerms } from '#lib/billing/plan.ts';
import { type Forecast, forecast, type Rating } from '#lib/billing/rate.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { listClosings } from '../closing/store.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { type AccountMonth, readMonth } from '../usage/month.ts';
import { countsOf } from '../usage/store.ts';
import { accountNow, dayBefore } from './account-clock.ts';
import { adjustmentsBooked } from './adjust.ts';
import { latestReconciliation, listInvoiceRows } from './invoices-store.ts';
import { listRefusals } from './notices-store.ts';
import { catchUpDays, meterLateMs, type Trouble, type TroubleKind, trouble } from './rules.ts';
import { type AccountKey, type AccountRow, findPeriod, listAccounts } from './store.ts';
import {
  type AccountView,
  type InvoiceSummary,
  type ThreeWay,
  viewAccount,
  viewCheck,
  viewInvoice,
} from './view.ts';

export interface AccountOverview {
  account: AccountView;
  /** The customer's name, where it pays for itself. */
  customer: string | null;
  plan: { id: string; name: string; version: number; terms: PlanTerms } | null;
  /** What holds from a later month on. */
  next: { from: Period; terms: PlanTerms } | null;
  period: Period;
  /** The newest observed day of the month. */
  through: Day | null;
  /** What has accrued this month; null without a plan. */
  month: Rating | null;
  /** The month at the average of the days there are. */
  pace: Rating | null;
  forecast: Forecast | null;
  lastInvoice: InvoiceSummary | null;
  /** Ledger, meters and invoice, as they were last compared. */
  check: ThreeWay | null;
  /** Months whose invoice is not final: closing, or held with its reason. */
  closings: {
    period: Period;
    state: ClosingState;
    step: string;
    reason: string | null;
    since: Date | null;
  }[];
  troubles: Trouble[];
}

export interface BillingOverview {
  /** Whether this installation has a key of Stripe. */
  configured: boolean;
  /** The MSP's own; null where nobody made one yet, or for whoever does not reach all of it. */
  own: AccountOverview | null;
  /** Customers that pay for themselves. */
  direct: AccountOverview[];
  /** Of the installation, whoever pays. */
  troubles: Trouble[];
}

/** Where billing stands: who pays, what the month comes to, and everything that is not as it should be. */
export async function overview(
  ctx: ServiceContext,
  sink: BillingSink | null,
): Promise<BillingOverview> {
  requirePermission(ctx, 'billing.read');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const accounts = await listAccounts(tx, ctx.mspId);
    const found: AccountOverview[] = [];
    for (const account of accounts) found.push(await viewOne(ctx, tx, account));
    return {
      configured: sink !== null,
      own: found.find(({ account }) => account.tenantId === null) ?? null,
      direct: found.filter(({ account }) => account.tenantId !== null),
      troubles: [
        ...(sink === null ? [trouble('not-configured')] : []),
        ...(await messageTroubles(tx, ctx.mspId, ctx.clock.now())),
        ...(await goneCustomers(tx, ctx.mspId)),
      ],
    };
  });
}

async function viewOne(
  ctx: ServiceContext,
  tx: Transaction,
  account: AccountRow,
): Promise<AccountOverview> {
  const key = { mspId: ctx.mspId, accountId: account.id };
  const period = periodOf(dayOf(accountNow(account, ctx.clock)));
  const month = await readMonth(tx, account, period);
  const [invoice] = await listInvoiceRows(tx, ctx.mspId, account.id);
  const check = await latestReconciliation(tx, key);
  const closings = (await listClosings(tx, ctx.mspId, account.id)).filter(
    ({ state }) => state !== 'finalised',
  );
  const next = month.plan === null ? null : await versionAfter(tx, month.plan.id, period);
  const [customer] =
    account.tenantId === null
      ? []
      : await tx
          .select({ name: tenants.name })
          .from(tenants)
          .where(and(eq(tenants.mspId, ctx.mspId), eq(tenants.id, account.tenantId)));
  const troubles = [
    ...accountTroubles(ctx, account),
    ...planTroubles(month, next),
    ...(await meterTroubles(ctx, tx, account)),
    ...(await currencyTroubles(tx, key, month, period)),
    ...closings
      .filter(({ state }) => state === 'held')
      .map((row) => trouble('held', { since: row.heldSince, about: row.period })),
    ...(check?.verdict === 'differs' ? [trouble('differs', { since: check.at })] : []),
  ];
  return {
    account: viewAccount(account),
    customer: customer?.name ?? null,
    plan:
      month.plan === null || month.version === null
        ? null
        : { ...month.plan, version: month.version.version, terms: month.version.terms },
    next,
    period,
    through: month.days.reduce<Day | null>(
      (latest, { day }) => (latest === null || day > latest ? day : latest),
      null,
    ),
    month: month.rating,
    pace: month.pace,
    forecast:
      month.version === null
        ? null
        : forecast(
            month.days.map(countsOf),
            month.version.terms,
            period,
            account.firstDay === null ? {} : { from: account.firstDay },
          ),
    lastInvoice: invoice === undefined ? null : viewInvoice(invoice),
    check: check === undefined ? null : viewCheck(check),
    closings: closings.map((row) => ({
      period: row.period,
      state: row.state,
      step: row.step,
      reason: row.reason,
      since: row.heldSince,
    })),
    troubles,
  };
}

/** The version of a plan that starts after a month, where there is one. */
async function versionAfter(tx: Transaction, planId: string, period: Period) {
  const [row] = await tx
    .select()
    .from(planVersions)
    .where(and(eq(planVersions.planId, planId), sql`${planVersions.fromPeriod} > ${period}`))
    .orderBy(planVersions.fromPeriod, sql`${planVersions.version} desc`)
    .limit(1);
  return row === undefined ? null : { from: row.fromPeriod, terms: row.terms as PlanTerms };
}

/** What of a failure of Stripe's is kept with an account, as the state that it is shown as. */
const kindsOfTrouble: Record<string, TroubleKind> = {
  'config.invalid': 'key-refused',
  'credential.invalid': 'key-refused',
  unauthenticated: 'key-refused',
  'source.unavailable': 'stripe-away',
  throttled: 'stripe-away',
  'currency-unknown': 'currency-unknown',
};

function accountTroubles(ctx: ServiceContext, account: AccountRow): Trouble[] {
  const found: Trouble[] = [];
  const now = accountNow(account, ctx.clock);
  if (account.trouble !== null) {
    const kind = kindsOfTrouble[account.trouble] ?? 'stripe-refused';
    found.push(
      trouble(kind, {
        since: account.troubleSince,
        about: kind === 'stripe-refused' ? account.trouble : null,
      }),
    );
  }
  const { paymentFailedAt, graceUntil, newProtectionPausedAt } = account;
  if (paymentFailedAt !== null && graceUntil !== null && newProtectionPausedAt === null) {
    found.push(
      trouble('payment-failed', {
        since: paymentFailedAt,
        about: dayOf(graceUntil),
      }),
    );
  }
  const ended = account.state === 'ended' && account.tenantId !== null ? account.endedPeriod : null;
  if (ended !== null && periodOf(dayOf(now)) <= ended) {
    found.push(trouble('direct-ended', { about: ended }));
  }
  if (newProtectionPausedAt !== null) {
    found.push(trouble('new-protection-waits', { since: newProtectionPausedAt }));
  }
  if (account.observedThrough !== null && account.testClockId === null) {
    const due = dayBefore(now);
    const behind = daysBetween(account.observedThrough, due);
    if (behind > catchUpDays)
      found.push(trouble('days-missing', { about: account.observedThrough }));
    if (behind < -1) found.push(trouble('clock-back', { about: account.observedThrough }));
  }
  return found;
}

function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function planTroubles(
  { version, plan }: AccountMonth,
  next: { from: Period; terms: PlanTerms } | null,
): Trouble[] {
  if (plan === null || version === null) return [trouble('no-plan')];
  const found: Trouble[] = [];
  if (Object.values(version.terms.prices).every((price) => price === undefined)) {
    found.push(trouble('no-prices'));
  }
  if (next !== null) found.push(trouble('prices-change', { about: next.from }));
  return found;
}

async function meterTroubles(
  ctx: ServiceContext,
  tx: Transaction,
  account: AccountRow,
): Promise<Trouble[]> {
  const period = periodOf(dayOf(accountNow(account, ctx.clock)));
  const rows = await tx
    .selectDistinctOn([meterEvents.period, meterEvents.dimension])
    .from(meterEvents)
    .where(and(eq(meterEvents.mspId, ctx.mspId), eq(meterEvents.accountId, account.id)))
    .orderBy(meterEvents.period, meterEvents.dimension, sql`${meterEvents.at} desc`);
  const recent = rows.filter((row) => nextPeriod(row.period) >= period);
  const found = recent
    .filter(({ state }) => state === 'refused')
    .map((row) => trouble('meter-refused', { since: row.settledAt, about: row.code }));
  const late = addMs(ctx.clock.now(), -meterLateMs);
  const [oldest] = recent
    .filter(({ state, createdAt }) => state === 'waiting' && createdAt < late)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  if (oldest !== undefined) found.push(trouble('meter-late', { since: oldest.createdAt }));
  return found;
}

/** Corrections that the invoice they were booked into cannot carry, this month's and the last one's. */
async function currencyTroubles(
  tx: Transaction,
  key: AccountKey,
  { rating }: AccountMonth,
  period: Period,
): Promise<Trouble[]> {
  const before = previousPeriod(period);
  const closed = await findPeriod(tx, key, before);
  const found: Trouble[] = [];
  for (const [month, currency] of [
    [before, (closed?.quantities as Rating | undefined)?.currency ?? rating?.currency],
    [period, rating?.currency],
  ] as const) {
    const others = (await adjustmentsBooked(tx, key, month)).filter(
      (row) => row.currency !== currency,
    );
    for (const other of new Set(others.map((row) => row.currency))) {
      const rows = others.filter((row) => row.currency === other);
      const amount = sumAmounts(
        rows.map((row) => row.amount),
        other,
      );
      found.push(
        trouble('other-currency', {
          since: rows[0]?.createdAt ?? null,
          about: `${amount} ${other.toUpperCase()}`,
        }),
      );
    }
  }
  return found;
}

/** A message that was taken after the last refused one says that the secret is right. */
async function messageTroubles(tx: Transaction, mspId: string, now: Date): Promise<Trouble[]> {
  const refusals = await listRefusals(tx, mspId, now);
  const [latest] = await tx
    .select({
      at: sql<Date | null>`max(${stripeEvents.receivedAt})`.mapWith(stripeEvents.receivedAt),
    })
    .from(stripeEvents)
    .where(eq(stripeEvents.mspId, mspId));
  const taken = latest?.at ?? null;
  return refusals
    .filter((row) => row.cause === 'unknown-customer' || taken === null || row.lastAt > taken)
    .map((row) =>
      row.cause === 'unknown-customer'
        ? trouble('unknown-customer', { since: row.firstAt, about: String(row.times) })
        : trouble('webhook-refused', { since: row.firstAt, about: row.cause }),
    );
}

/** Customers that went while the ledger has days of them. */
async function goneCustomers(tx: Transaction, mspId: string): Promise<Trouble[]> {
  const rows = await tx
    .select({ name: tenants.name })
    .from(tenants)
    .where(
      and(
        eq(tenants.mspId, mspId),
        eq(tenants.state, 'disconnected'),
        isNotNull(tenants.connectedAt),
      ),
    );
  return rows.map(({ name }) => trouble('gone-customer', { about: name }));
}
