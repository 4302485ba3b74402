import { and, asc, eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { usageAdjustments } from '#db/schema/usage.ts';
import { adjust, billedLines } from '#lib/billing/adjust.ts';
import type { Day, Period } from '#lib/billing/days.ts';
import { formatAmount, parseAmount } from '#lib/billing/money.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { type Rating, rate } from '#lib/billing/rate.ts';
import { newId } from '#lib/core/ids.ts';
import { countsOf, readUsageDays, type UsageDayRow } from '../usage/store.ts';
import {
  type AccountKey,
  type AccountRow,
  customersOf,
  listAccounts,
  lockAccount,
  nextOpenPeriod,
  planVersion,
  type UsagePeriodRow,
} from './store.ts';

export type AdjustmentRow = typeof usageAdjustments.$inferSelect;

/**
 * A day of a closed month came out otherwise. The month stays as it was invoiced; the difference, in
 * units and money, is booked into the next month that is open.
 * @param of.before the customer's counts of the day until now
 */
export async function bookAdjustments(
  tx: Transaction,
  account: AccountRow,
  closed: UsagePeriodRow,
  of: { tenantId: string; day: Day; at: Date; before: UsageDayRow | null },
): Promise<void> {
  if (!wasInvoiced(account, closed.period)) return;
  const version = await planVersion(tx, closed.planId, closed.planVersion);
  if (version === undefined) return;
  const customers = await customersOf(tx, account, closed.period);
  const rows = await readUsageDays(
    tx,
    account.mspId,
    closed.period,
    customers.map(({ id }) => id),
  );
  const isThis = (row: UsageDayRow) => row.tenantId === of.tenantId && row.day === of.day;
  const current = rows.find(isThis);
  if (current === undefined) return;
  const rest = rows.filter((row) => !isThis(row));
  const options = account.firstDay === null ? {} : { from: account.firstDay };
  const rated = (counts: UsageDayRow[]) =>
    rate(counts.map(countsOf), version.terms, closed.period, options);
  const differences = differencesOf(
    rated(of.before === null ? rest : [...rest, of.before]),
    rated([...rest, current]),
  );
  if (differences.length === 0) return;
  const booked = await nextInvoice(tx, account, closed.period);
  await tx.insert(usageAdjustments).values(
    differences.map((difference) => ({
      mspId: account.mspId,
      tenantId: of.tenantId,
      id: newId(),
      accountId: booked.accountId,
      period: closed.period,
      day: of.day,
      version: current.version,
      currency: version.terms.currency,
      bookedPeriod: booked.period,
      createdAt: of.at,
      ...difference,
    })),
  );
}

/** A month from before anybody subscribed cost nothing, and what comes to light of it costs nothing. */
function wasInvoiced({ stripeSubscriptionId, startedPeriod }: AccountRow, closed: Period): boolean {
  return stripeSubscriptionId !== null && startedPeriod !== null && startedPeriod <= closed;
}

/** Whose invoice comes next: a customer's own account that is over gets none, and the MSP's does. */
async function nextInvoice(
  tx: Transaction,
  account: AccountRow,
  closed: Period,
): Promise<{ accountId: string; period: Period }> {
  const { mspId, tenantId, endedPeriod, state } = account;
  const next = async (accountId: string) => ({
    accountId,
    period: await nextOpenPeriod(tx, { mspId, accountId }, closed),
  });
  const own = await next(account.id);
  const over = state === 'ended' || (endedPeriod !== null && own.period >= endedPeriod);
  if (tenantId === null || !over) return own;
  const payer = (await listAccounts(tx, mspId)).find((row) => row.tenantId === null);
  if (payer === undefined) return own;
  // Its month is not sealed while something is booked into it.
  await lockAccount(tx, { mspId, accountId: payer.id });
  return await next(payer.id);
}

/** Line by line, what the second month has more than the first. The top-up to the minimum is one. */
function differencesOf(
  before: Rating,
  after: Rating,
): { dimension: string; units: number; amount: string }[] {
  const unitDays = (rating: Rating, dimension: string) =>
    BigInt(rating.lines.find((line) => line.dimension === dimension)?.unitDays ?? '0');
  const { period, currency } = after;
  const money = new Map(
    adjust(period, currency, billedLines(before), billedLines(after)).map((change) => [
      change.dimension as string,
      change.amount,
    ]),
  );
  return [...dimensions, 'minimum']
    .map((dimension) => ({
      dimension,
      units: Number(unitDays(after, dimension) - unitDays(before, dimension)),
      amount: money.get(dimension) ?? formatAmount(0n, currency),
    }))
    .filter(({ units, amount }) => units !== 0 || parseAmount(amount, currency) !== 0n);
}

/** What a month's invoice carries for closed months before it. */
export async function adjustmentsBooked(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  bookedPeriod: Period,
): Promise<AdjustmentRow[]> {
  return await tx
    .select()
    .from(usageAdjustments)
    .where(
      and(
        eq(usageAdjustments.mspId, mspId),
        eq(usageAdjustments.accountId, accountId),
        eq(usageAdjustments.bookedPeriod, bookedPeriod),
      ),
    )
    .orderBy(asc(usageAdjustments.createdAt), asc(usageAdjustments.day), asc(usageAdjustments.id));
}
