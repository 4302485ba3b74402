import { type Day, dayOf, dayStart, nextDay, periodOf } from '#lib/billing/days.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { observedOn } from '../usage/store.ts';
import { accountNow, dayBefore } from './account-clock.ts';
import { catchUpDays } from './rules.ts';
import { customersOf, findAccount, presentOn } from './store.ts';

export interface DaysDue {
  /** Oldest first. */
  days: Day[];
  /** For an account on a test clock: the day of the world that its mailboxes are seen on. */
  asSeenOn: Day | null;
}

/**
 * The days that are over and not in the ledger for every customer of an account, oldest first.
 * @param input.through up to this day rather than to yesterday, for whoever says so by hand
 * @param input.force somebody looked at the clock and wants a long gap to be filled
 */
export async function daysDue(
  ctx: ServiceContext,
  input: { accountId: string; through?: Day; force?: boolean },
): Promise<DaysDue> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const key = { mspId: ctx.mspId, accountId: input.accountId };
    const account = await findAccount(tx, key);
    if (account === undefined) throw new AppError('not-found', 'There is no such account.');
    const onClock = account.testClockId !== null;
    // A customer's own account has no days before its first month.
    const early = onClock || account.tenantId !== null;
    if (early && account.firstDay === null) return { days: [], asSeenOn: null };
    const last = dayBefore(accountNow(account, ctx.clock));
    const through = input.through !== undefined && input.through < last ? input.through : last;
    const begun = firstLedgerDay(account.createdAt, account.firstDay, early);
    const from = account.observedThrough === null ? begun : nextDay(account.observedThrough);
    const days: Day[] = [];
    for (let day = from; day !== null && day <= through; day = nextDay(day)) {
      // A customer that came to pay for itself, or went back, counts where it belongs in the month.
      if (account.endedPeriod !== null && periodOf(day) >= account.endedPeriod) break;
      days.push(day);
    }
    // A machine whose clock jumped would book a year of days that never were.
    if (!onClock && input.force !== true && days.length > catchUpDays) {
      return { days: [], asSeenOn: null };
    }
    return { days, asSeenOn: onClock ? dayOf(ctx.clock.now()) : null };
  });
}

/** The ledger begins on the day that the account was made, or with the first that counts. */
function firstLedgerDay(createdAt: Date, firstDay: Day | null, early: boolean): Day {
  if (early && firstDay !== null) return firstDay;
  return dayOf(dayStart(dayOf(createdAt)));
}

/** The customers that are not observed on a day yet. */
export async function customersDue(
  ctx: ServiceContext,
  input: { accountId: string; day: Day },
): Promise<string[]> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const account = await findAccount(tx, { mspId: ctx.mspId, accountId: input.accountId });
    if (account === undefined) throw new AppError('not-found', 'There is no such account.');
    const customers = await customersOf(tx, account, periodOf(input.day));
    const present = presentOn(account, customers, input.day);
    const seen = await observedOn(tx, ctx.mspId, present, input.day);
    return present.filter((tenantId) => !seen.has(tenantId));
  });
}

/** So many days before the newest are looked at once more: what ran on them may be told late. */
const daysAgain = 3;

/**
 * The days before the newest one that is over, oldest first, and the customers whose copies of them may
 * have come to light since; none for days that are older than the newest, or of a test clock, where
 * every day is the world of today.
 */
export async function daysAgainDue(
  ctx: ServiceContext,
  input: { accountId: string; day: Day },
): Promise<{ days: Day[]; tenantIds: string[] }> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const account = await findAccount(tx, { mspId: ctx.mspId, accountId: input.accountId });
    if (account === undefined) throw new AppError('not-found', 'There is no such account.');
    const newest = dayBefore(accountNow(account, ctx.clock));
    if (account.testClockId !== null || input.day !== newest) return { days: [], tenantIds: [] };
    const days: Day[] = [];
    for (let back = daysAgain; back > 0; back--) {
      days.push(dayOf(addMs(dayStart(input.day), -back * 86_400_000)));
    }
    // Who pays now looks back, also where somebody else paid then: the difference is booked there.
    const customers = await customersOf(tx, account, periodOf(input.day));
    return { days, tenantIds: presentOn(account, customers, days.at(-1)!) };
  });
}
