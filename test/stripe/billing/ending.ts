import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { currentPeriod, spansAtEnd } from './current-period.ts';
import { makeDraft } from './invoicing.ts';

/** Ends one. What was used since the last invoice is billed where it is asked for, or at the period's end. */
export function cancelNow(
  account: Account,
  subscription: Stripe.Subscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
  invoiceNow = false,
): Stripe.Subscription {
  const customer = String(subscription.customer);
  const now = account.now(customer);
  const period = currentPeriod(subscription);
  if (invoiceNow || now >= period.end) {
    const spans = spansAtEnd(subscription)
      .filter((span) => span.quantity === null)
      .map((span) => ({ ...span, end: Math.min(span.end, now) }));
    const invoice = makeDraft(account, {
      customer,
      currency: subscription.currency,
      reason: invoiceNow ? 'subscription_update' : 'subscription_cycle',
      subscription,
      spans,
      period: { start: period.start, end: Math.min(period.end, now) },
      autoAdvance: true,
      takePending: true,
    });
    subscription.latest_invoice = invoice.id;
  }
  subscription.status = 'canceled';
  subscription.canceled_at ??= now;
  subscription.ended_at = now;
  subscription.cancellation_details!.reason = reason;
  account.store.put('subscription', subscription);
  account.tell('customer.subscription.deleted', subscription, customer);
  return subscription;
}
