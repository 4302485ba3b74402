import type { Transaction } from '#db/client.ts';
import { type Day, type Period, periodOf } from '#lib/billing/days.ts';
import { meterEvent } from '#lib/billing/meter-event.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { quantitiesOf, type Rating, rate } from '#lib/billing/rate.ts';
import { countsOf, readUsageDays } from '../usage/store.ts';
import { addMeterEvent, newestEvents } from './outbox.ts';
import {
  type AccountRow,
  customersOf,
  isDayWhole,
  planOf,
  planVersionFor,
  updateAccount,
} from './store.ts';

/**
 * Works out what an account has accrued up to a day, and writes for Stripe's meters what has changed.
 * Runs in the transaction of the observation that may have changed it, under the account's lock.
 * Writes nothing while a customer of the day is missing: the one that comes last does it.
 * @returns whether every customer of the account is observed for the day
 */
export async function accrue(
  tx: Transaction,
  account: AccountRow,
  day: Day,
  at: Date,
): Promise<boolean> {
  const period = periodOf(day);
  if (!(await isDayWhole(tx, account, day))) return false;
  const customers = await customersOf(tx, account, period);
  const ids = customers.map(({ id }) => id);
  const rows = await readUsageDays(tx, account.mspId, period, ids);
  const key = { mspId: account.mspId, accountId: account.id };
  if (account.observedThrough === null || account.observedThrough < day) {
    await updateAccount(tx, key, { observedThrough: day });
    account.observedThrough = day;
  }
  // What was learned of an older day of the month is told as of the newest.
  const newest = account.observedThrough;
  const asOf = periodOf(newest) === period ? newest : (rows.at(-1)?.day ?? day);
  await tellMeters(tx, account, period, newestDay(rows, asOf), rows, at);
  return true;
}

function newestDay(rows: readonly { day: Day }[], through: Day): Day {
  let newest = '';
  for (const { day } of rows) if (day > newest && day <= through) newest = day;
  return newest === '' ? through : newest;
}

async function tellMeters(
  tx: Transaction,
  account: AccountRow,
  period: Period,
  day: Day,
  rows: Awaited<ReturnType<typeof readUsageDays>>,
  at: Date,
): Promise<void> {
  if (account.stripeSubscriptionId === null) return;
  if (account.firstDay === null || account.firstDay > day) return;
  const rating = await ratePeriod(tx, account, period, rows, day);
  if (rating === null) return;
  const key = { mspId: account.mspId, accountId: account.id, tenantId: account.tenantId };
  const known = await newestEvents(tx, key, period);
  const quantities = quantitiesOf(rating);
  for (const dimension of dimensions) {
    if (!rating.lines.some((line) => line.dimension === dimension && line.billed)) continue;
    const last = known.get(dimension);
    const value = quantities[dimension];
    if (last !== undefined && (last.day > day || (last.day === day && last.value === value))) {
      continue;
    }
    const revision = last?.day === day ? last.revision + 1 : 0;
    const event = meterEvent({ accountId: account.id, dimension, day, revision, value });
    await addMeterEvent(tx, key, event, at);
  }
}

/** What an account's month comes to so far, under the terms that hold in it; null without a plan. */
export async function ratePeriod(
  tx: Transaction,
  account: AccountRow,
  period: Period,
  rows: Awaited<ReturnType<typeof readUsageDays>>,
  through?: Day,
): Promise<Rating | null> {
  const plan = await planOf(tx, account);
  const version = plan && (await planVersionFor(tx, plan.id, period));
  if (version === undefined) return null;
  return rate(rows.map(countsOf), version.terms, period, {
    ...(account.firstDay === null ? {} : { from: account.firstDay }),
    ...(through === undefined ? {} : { through }),
  });
}
