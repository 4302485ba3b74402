import type { z } from 'zod';
import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { chosenAccount } from './ensure-account.ts';
import { checkoutInput } from './input.ts';
import { prepareAccount } from './prepare-account.ts';
import { requireSink } from './require-sink.ts';
import { updateAccount } from './store.ts';
import { runningSubscriptions } from './sync-account.ts';
import { told } from './told.ts';

/**
 * The page of Stripe's on which somebody subscribes: the one that is open, for whoever asks. Whether
 * the account is subscribed is asked of Stripe, as a notice of it may still be on its way.
 */
export async function startCheckout(
  ctx: ServiceContext,
  input: z.input<typeof checkoutInput>,
  sink: BillingSink | null,
  pages: { successUrl: string; cancelUrl: string },
): Promise<{ url: string }> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, attempt } = parse(checkoutInput, input);
  const stripe = requireSink(sink);
  const chosen = await chosenAccount(ctx, accountId);
  requireWithin(ctx, chosen.tenantId === null ? null : [chosen.tenantId]);
  if (chosen.endedPeriod !== null) {
    throw new AppError(
      'conflict',
      'This customer is on the MSP’s invoice again. Bill it directly first. Nothing was changed.',
    );
  }
  const customer = chosen.stripeCustomerId;
  const known =
    customer === null ? [] : await told(ctx, chosen, () => stripe.listSubscriptions(customer));
  if (runningSubscriptions(known, chosen).length > 0) {
    throw new AppError('conflict', 'This account is subscribed already. Nothing was changed.');
  }
  const { account, customerId, catalogue } = await prepareAccount(ctx, chosen.id, stripe);
  const { url } = await stripe.checkout({
    accountId: account.id,
    customerId,
    catalogue,
    ...pages,
    key: `${account.id}-${attempt}`,
  });
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    if (account.state === 'none') {
      await updateAccount(tx, { mspId: ctx.mspId, accountId: account.id }, { state: 'checkout' });
    }
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.checkout',
      entity: 'account',
      entityId: account.id,
    });
  });
  return { url };
}
