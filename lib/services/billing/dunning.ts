import type { AccountState } from '#db/enums.ts';
import type { InvoiceView, SubscriptionView } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { graceDays } from './rules.ts';

export interface Standing {
  state: AccountState;
  paymentFailedAt: Date | null;
  graceUntil: Date | null;
  newProtectionPausedAt: Date | null;
}

/**
 * What a missing payment comes to. It warns, and after the days of grace newly found mailboxes wait;
 * nothing else ever does. Worked out of what Stripe says now, so the order of its notices is of no account.
 */
export function standingOf(
  before: Standing,
  stripe: { subscription: SubscriptionView | null; invoices: readonly InvoiceView[] },
  now: Date,
): Standing {
  const { subscription, invoices } = stripe;
  const paid = { paymentFailedAt: null, graceUntil: null, newProtectionPausedAt: null };
  if (subscription === null) {
    return { state: before.state === 'checkout' ? 'checkout' : 'none', ...paid };
  }
  const unpaid = invoices.some(
    (invoice) =>
      invoice.state === 'uncollectible' || (invoice.state === 'open' && invoice.attempts > 0),
  );
  const overdue = subscription.state === 'past-due' || subscription.state === 'unpaid';
  if (!unpaid && !overdue) {
    if (subscription.state === 'incomplete') return { state: 'checkout', ...paid };
    return { state: subscription.state === 'ended' ? 'ended' : 'active', ...paid };
  }
  const paymentFailedAt = before.paymentFailedAt ?? now;
  const graceUntil = before.graceUntil ?? addMs(paymentFailedAt, graceDays * 24 * 3_600_000);
  const over = now >= graceUntil;
  const missing = over ? 'paused' : 'past-due';
  return {
    // One that is over bills nothing any more, paid or not; what it owes is told by the other fields.
    state: subscription.state === 'ended' ? 'ended' : missing,
    paymentFailedAt,
    graceUntil,
    newProtectionPausedAt: over ? (before.newProtectionPausedAt ?? now) : null,
  };
}
