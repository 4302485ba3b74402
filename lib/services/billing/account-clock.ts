import { type Day, dayOf, dayStart } from '#lib/billing/days.ts';
import { addMs, type Clock } from '#lib/core/clock.ts';
import type { AccountRow } from './store.ts';

/** What time it is for an account: that of the world, or of the clock at Stripe that it lives on. */
export function accountNow(
  account: Pick<AccountRow, 'testClockId' | 'clockAt'>,
  clock: Clock,
): Date {
  return account.testClockId === null ? clock.now() : (account.clockAt ?? clock.now());
}

/** The newest day that is over. */
export function dayBefore(moment: Date): Day {
  return dayOf(addMs(dayStart(dayOf(moment)), -1));
}
