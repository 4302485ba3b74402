import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { tenants } from '#db/schema/tenants.ts';
import type { Day, Period } from '#lib/billing/days.ts';
import { sumAmounts } from '#lib/billing/money.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { formatFraction, type Rating, rate, type Share } from '#lib/billing/rate.ts';
import { creditsOfMonth } from '../billing/read-credits.ts';
import { billsIn, planOf, planVersionFor } from '../billing/store.ts';
import type { CreditView } from '../billing/view-credit.ts';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { usageInput } from './input.ts';
import { ratingBy, readMonths } from './month.ts';
import { countsOf, readUsageDays, type UsageDayRow } from './store.ts';

/** What one customer used of one dimension in a month. */
export interface UsageCell {
  /** Of the line's quantity, so that all customers together are the line; null where a part of the account is out of reach. */
  quantity: number | null;
  /** Decimal text; null as above. */
  amount: string | null;
  /** Mailbox-days, or byte-days. */
  unitDays: string;
  /** With two digits. */
  average: string;
  peak: string;
  firstDay: Day | null;
  lastDay: Day | null;
}

export interface CustomerUsage {
  tenantId: string;
  name: string;
  externalId: string | null;
  /** Billed by an account of its own rather than the MSP's. */
  direct: boolean;
  accountId: string | null;
  dimensions: Record<Dimension, UsageCell>;
  /** Mailboxes in our care that cost nothing, by reason, on the newest day. */
  free: Record<string, number>;
  /** Per day of the month so far, for a small graph: protected mailboxes. */
  daily: {
    day: Day;
    protected: number;
    sealed: number;
    free: number;
    physicalBytes: number;
    logicalBytes: number;
  }[];
  amount: string | null;
}

export interface UsageMonth {
  period: Period;
  /** The newest day in it; null where nothing is observed yet. */
  through: Day | null;
  /** The hash of the closed month of the MSP's account, in hex; null while it is open. */
  stamp: { hash: string; closedAt: Date } | null;
  currency: string | null;
  customers: CustomerUsage[];
  /** The MSP's account as a whole; null for whoever does not reach all of it. */
  total: Rating | null;
  /** Whether amounts and shares are told, which takes the whole account. */
  whole: boolean;
  /** What was given back: off the invoices of the month, or of them. */
  credits: CreditView[];
}

/** What every customer within reach used in a month. */
export async function listUsage(
  ctx: ServiceContext,
  input: z.input<typeof usageInput>,
): Promise<UsageMonth> {
  requirePermission(ctx, 'usage.read');
  const { period, tenantId, basis } = parse(usageInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const whole = reachOf(ctx).customers === 'all';
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const months = await readMonths(tx, ctx.mspId, period);
    const own = months.find(({ account }) => account.tenantId === null);
    const known = await customers(tx, ctx.mspId, tenantId);
    const rows = await readUsageDays(
      tx,
      ctx.mspId,
      period,
      known.map(({ id }) => id),
    );
    const loose = own === undefined ? await rateApart(tx, ctx.mspId, period, rows, basis) : null;
    const byTenant = Map.groupBy(rows, (row) => row.tenantId);
    const list = known.map((tenant): CustomerUsage => {
      const month =
        months.find(({ account }) => account.tenantId === tenant.id && billsIn(account, period)) ??
        own;
      const told = month !== undefined && (whole || month.account.tenantId !== null);
      const rating = (month === undefined ? null : ratingBy(month, basis)) ?? loose;
      return viewCustomer(tenant, byTenant.get(tenant.id) ?? [], rating, {
        told,
        direct: month?.account.tenantId === tenant.id,
        accountId: month?.account.id ?? null,
      });
    });
    const closed = own?.closed ?? null;
    return {
      period,
      through: newest(rows),
      stamp:
        closed === null
          ? null
          : { hash: Buffer.from(closed.hash).toString('hex'), closedAt: closed.closedAt },
      currency: own?.rating?.currency ?? loose?.currency ?? null,
      customers: list,
      total: whole && own !== undefined ? ratingBy(own, basis) : null,
      whole,
      credits: await creditsOfMonth(tx, ctx.mspId, period),
    };
  });
}

async function customers(tx: Transaction, mspId: string, only: string | undefined) {
  return await tx
    .select({ id: tenants.id, name: tenants.name, externalId: tenants.externalId })
    .from(tenants)
    .where(
      and(
        eq(tenants.mspId, mspId),
        isNotNull(tenants.connectedAt),
        only === undefined ? undefined : eq(tenants.id, only),
      ),
    )
    .orderBy(asc(tenants.name), asc(tenants.id));
}

/** For whoever sees a part of an account: averages and peaks of what they see, and no amounts. */
async function rateApart(
  tx: Transaction,
  mspId: string,
  period: Period,
  rows: readonly UsageDayRow[],
  basis: 'month' | 'pace',
): Promise<Rating | null> {
  const plan = await planOf(tx, { mspId, planId: null });
  const version = plan && (await planVersionFor(tx, plan.id, period));
  return version === undefined ? null : rate(rows.map(countsOf), version.terms, period, { basis });
}

function newest(rows: readonly UsageDayRow[]): Day | null {
  return rows.reduce<Day | null>(
    (latest, { day }) => (latest === null || day > latest ? day : latest),
    null,
  );
}

const nothing: UsageCell = {
  quantity: 0,
  amount: null,
  unitDays: '0',
  average: '0.00',
  peak: '0.00',
  firstDay: null,
  lastDay: null,
};

function viewCustomer(
  tenant: { id: string; name: string; externalId: string | null },
  days: readonly UsageDayRow[],
  rating: Rating | null,
  of: { told: boolean; direct: boolean; accountId: string | null },
): CustomerUsage {
  const share = (dimension: Dimension): Share | undefined =>
    rating?.lines
      .find((line) => line.dimension === dimension)
      ?.shares.find(({ tenantId }) => tenantId === tenant.id);
  const cell = (dimension: Dimension): UsageCell => {
    const found = share(dimension);
    if (found === undefined) return nothing;
    return {
      quantity: of.told ? found.quantity : null,
      amount: of.told ? found.amount : null,
      unitDays: found.unitDays,
      average: formatFraction(found.average, 2),
      peak: formatFraction(found.peak, dimension === 'stored-gib' ? 2 : 0),
      firstDay: found.firstDay,
      lastDay: found.lastDay,
    };
  };
  const latest = days.at(-1);
  return {
    tenantId: tenant.id,
    name: tenant.name,
    externalId: tenant.externalId,
    direct: of.direct,
    accountId: of.accountId,
    dimensions: Object.fromEntries(
      dimensions.map((dimension) => [dimension, cell(dimension)]),
    ) as Record<Dimension, UsageCell>,
    free: latest?.reasons ?? {},
    daily: days.map((row) => ({
      day: row.day,
      protected: row.protected,
      sealed: row.sealed,
      free: row.free,
      physicalBytes: row.physicalBytes,
      logicalBytes: row.logicalBytes,
    })),
    amount: of.told && rating !== null ? customerAmount(rating, tenant.id) : null,
  };
}

/** All of a customer's shares, its part of the top-up among them. */
export function customerAmount(rating: Rating, tenantId: string): string {
  const own = [
    ...rating.lines.flatMap(({ shares }) => shares),
    ...(rating.minimum?.shares ?? []),
  ].filter((share) => share.tenantId === tenantId);
  return sumAmounts(
    own.map(({ amount }) => amount),
    rating.currency,
  );
}
