import type Stripe from 'stripe';
import type { BilledSpan } from './invoice-parts.ts';
import { periodEnd } from './periods.ts';

export function currentPeriod(subscription: Stripe.Subscription): { start: number; end: number } {
  const item = subscription.items.data[0]!;
  return { start: item.current_period_start, end: item.current_period_end };
}

/** What the invoice at the end of the current period bills: use in it, and what is paid ahead for the next. */
export function spansAtEnd(subscription: Stripe.Subscription): BilledSpan[] {
  const { start, end } = currentPeriod(subscription);
  const trial = subscription.trial_end !== null && subscription.trial_end >= end;
  return subscription.items.data.map((item) => {
    const metered = item.price.recurring?.usage_type === 'metered';
    const next = periodEnd(subscription.billing_cycle_anchor, end, item.price.recurring!);
    return metered
      ? { item: item.id, price: item.price.id, start, end, quantity: null, free: trial }
      : {
          item: item.id,
          price: item.price.id,
          start: end,
          end: next,
          quantity: item.quantity ?? 1,
          free: false,
        };
  });
}
