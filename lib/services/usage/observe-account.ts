import type { Day } from '#lib/billing/days.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import { accrueDay } from '../billing/accrue-day.ts';
import { customersDue, daysAgainDue } from '../billing/days-due.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { lookAgain } from './look-again.ts';
import { observeDay } from './observe-day.ts';

/** Customers read at a time; each is a transaction of its own. */
const customersAtOnce = 2;

/**
 * Observes a day for every customer of an account that is not in the ledger yet, and with the newest
 * day looks once more at the few before it. Whoever does it again after a crash goes on with those that
 * are missing.
 */
export async function observeAccount(
  ctx: ServiceContext,
  input: { accountId: string; day: Day; asSeenOn: Day | null },
  signal?: AbortSignal,
): Promise<{ observed: number }> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, day, asSeenOn } = input;
  const due = await customersDue(ctx, { accountId, day });
  await mapLimited(due, customersAtOnce, async (tenantId) => {
    signal?.throwIfAborted();
    await observeDay(ctx, { tenantId, day, ...(asSeenOn === null ? {} : { asSeenOn }) });
  });
  if (!(await accrueDay(ctx, { accountId, day }))) {
    throw new AppError('conflict', 'A customer came while the day was observed.', {
      retryable: true,
    });
  }
  await lookAgain(ctx, await daysAgainDue(ctx, { accountId, day }), signal);
  return { observed: due.length };
}
