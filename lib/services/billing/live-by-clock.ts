import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { ensureAccount } from './ensure-account.ts';
import { requireSink } from './require-sink.ts';
import { updateAccount } from './store.ts';

/**
 * Puts the MSP's account on a clock of its own at Stripe, which somebody moves: that is how a
 * demonstration bills a month in a minute. Only while Stripe does not know the account yet; one that
 * lives by a clock already stays on it.
 */
export async function liveByClock(
  ctx: ServiceContext,
  input: { at: Date; name: string },
  sink: BillingSink | null,
): Promise<{ accountId: string; clockAt: Date }> {
  requirePermission(ctx, 'billing.manage');
  const stripe = requireSink(sink);
  const account = await ensureAccount(ctx);
  if (account.testClockId !== null) {
    return { accountId: account.id, clockAt: account.clockAt ?? input.at };
  }
  if (account.stripeCustomerId !== null) {
    throw new AppError(
      'conflict',
      'Stripe knows this account already; it lives by the clock of the world. Nothing was changed.',
    );
  }
  const clock = await stripe.createClock({ key: account.id, name: input.name, at: input.at });
  const key = { mspId: ctx.mspId, accountId: account.id };
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    updateAccount(tx, key, { testClockId: clock.clockId, clockAt: clock.now }),
  );
  return { accountId: account.id, clockAt: clock.now };
}
