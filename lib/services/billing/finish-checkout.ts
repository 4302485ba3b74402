import type { z } from 'zod';
import type { BillingSink } from '#lib/billing/sink.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { standingOf } from './dunning.ts';
import { chosenAccount } from './ensure-account.ts';
import { accountInput } from './input.ts';
import { requireSink } from './require-sink.ts';
import { lockAccount, updateAccount } from './store.ts';
import { chosenSubscription, subscriptionFields } from './sync-account.ts';
import { type AccountView, viewAccount } from './view.ts';

/** For whoever comes back from Stripe: reads what became of it, rather than wait for a notice. */
export async function finishCheckout(
  ctx: ServiceContext,
  input: z.input<typeof accountInput>,
  sink: BillingSink | null,
): Promise<AccountView> {
  requirePermission(ctx, 'billing.manage');
  const { accountId } = parse(accountInput, input);
  const stripe = requireSink(sink);
  const account = await chosenAccount(ctx, accountId);
  requireWithin(ctx, account.tenantId === null ? null : [account.tenantId]);
  if (account.stripeCustomerId === null) return viewAccount(account);
  const found = await stripe.listSubscriptions(account.stripeCustomerId);
  const subscription = chosenSubscription(found, account);
  const key = { mspId: ctx.mspId, accountId: account.id };
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const locked = (await lockAccount(tx, key)) ?? account;
    if (subscription === null) return viewAccount(locked);
    const { state } = standingOf(locked, { subscription, invoices: [] }, ctx.clock.now());
    const change = {
      ...subscriptionFields(locked, subscription),
      // What a missing payment comes to is worked out with the invoices, by the worker.
      ...(locked.paymentFailedAt === null ? { state } : {}),
    };
    await updateAccount(tx, key, change);
    if (locked.stripeSubscriptionId === null) {
      await audit(ctx, tx, {
        tenantId: null,
        action: 'billing.subscribe',
        entity: 'account',
        entityId: account.id,
      });
    }
    return viewAccount({ ...locked, ...change });
  });
}
