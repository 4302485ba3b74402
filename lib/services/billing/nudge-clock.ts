import { dayOf, nextPeriod, periodBounds, periodOf } from '#lib/billing/days.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { findAccount, updateAccount } from './store.ts';
import { told } from './told.ts';

/** So long after a month's end the clock stops: its draft is there, and not final yet. */
const afterMonthMs = 30 * 60_000;

/**
 * Says whether the clock of an account stands, and with `go` moves it one stop on towards a moment. It
 * stops shortly after every month, so that the month is closed before Stripe makes its invoice final.
 */
export async function nudgeClock(
  ctx: ServiceContext,
  input: { accountId: string; to: string; go: boolean },
  sink: BillingSink,
): Promise<{ arrived: boolean; done: boolean }> {
  requirePermission(ctx, 'billing.manage');
  const scope = { mspId: ctx.mspId, tenantId: null };
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const account = await withScope(ctx.db, scope, (tx) => findAccount(tx, key));
  const clockId = account?.testClockId ?? null;
  if (account === undefined || clockId === null) {
    throw new AppError('conflict', 'This account lives by the clock of the world.');
  }
  const to = new Date(input.to);
  const clock = await told(ctx, account, () => sink.readClock(clockId));
  if (clock.state === 'failed') {
    throw new AppError('conflict', 'Stripe could not move the clock. It stands where it was.');
  }
  if (clock.state === 'advancing') return { arrived: false, done: false };
  await withScope(ctx.db, scope, (tx) => updateAccount(tx, key, { clockAt: clock.now }));
  const done = clock.now >= to;
  if (done || !input.go) return { arrived: true, done };
  const month = periodOf(dayOf(clock.now));
  const stops = [month, nextPeriod(month)]
    .map((period) => addMs(periodBounds(period).start, afterMonthMs))
    .filter((stop) => stop > clock.now && stop < to);
  await told(ctx, account, () => sink.advanceClock({ clockId, to: stops[0] ?? to }));
  return { arrived: false, done: false };
}
