import type { Transaction } from '#db/client.ts';
import type { Period } from '#lib/billing/days.ts';
import type { PlanVersion } from '#lib/billing/plan.ts';
import { type Rating, rate } from '#lib/billing/rate.ts';
import {
  type AccountRow,
  customersOf,
  findPeriod,
  listAccounts,
  planOf,
  planVersion,
  planVersionFor,
  type UsagePeriodRow,
} from '../billing/store.ts';
import { countsOf, readUsageDays, type UsageDayRow } from './store.ts';

/** The month of an account as everything that shows it begins with. */
export interface AccountMonth {
  account: AccountRow;
  plan: { id: string; name: string } | null;
  version: PlanVersion | null;
  /** The closed month, where it is closed: then its rating is what was billed, for ever. */
  closed: UsagePeriodRow | null;
  days: UsageDayRow[];
  /** What has accrued: sums over the days of the whole month, as Stripe's meters are told. */
  rating: Rating | null;
  /** What the month comes to if it goes on like this: sums over the days there are. */
  pace: Rating | null;
}

/** Reads what an account used in a month and what it comes to. */
export async function readMonth(
  tx: Transaction,
  account: AccountRow,
  period: Period,
): Promise<AccountMonth> {
  const key = { mspId: account.mspId, accountId: account.id };
  const closed = (await findPeriod(tx, key, period)) ?? null;
  const plan = (await planOf(tx, account)) ?? null;
  const version =
    (closed !== null
      ? await planVersion(tx, closed.planId, closed.planVersion)
      : plan && (await planVersionFor(tx, plan.id, period))) ?? null;
  const customers = await customersOf(tx, account, period);
  const days = await readUsageDays(
    tx,
    account.mspId,
    period,
    customers.map(({ id }) => id),
  );
  const from = account.firstDay === null ? {} : { from: account.firstDay };
  const rateBy = (basis: 'month' | 'pace') =>
    closed !== null
      ? (closed.quantities as Rating)
      : version && rate(days.map(countsOf), version.terms, period, { ...from, basis });
  return { account, plan, version, closed, days, rating: rateBy('month'), pace: rateBy('pace') };
}

/** By what sums are divided: the days of the month, or those there are. */
export function ratingBy(month: AccountMonth, basis: 'month' | 'pace'): Rating | null {
  return basis === 'pace' ? month.pace : month.rating;
}

/** The same for every account of an MSP that somebody reaches, its own first. */
export async function readMonths(
  tx: Transaction,
  mspId: string,
  period: Period,
): Promise<AccountMonth[]> {
  const months: AccountMonth[] = [];
  for (const account of await listAccounts(tx, mspId)) {
    months.push(await readMonth(tx, account, period));
  }
  return months;
}
