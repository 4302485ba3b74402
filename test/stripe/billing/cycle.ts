import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { collect } from './collect.ts';
import { currentPeriod, spansAtEnd } from './current-period.ts';
import { cancelNow } from './ending.ts';
import { finalize, makeDraft } from './invoicing.ts';
import { periodEnd } from './periods.ts';

interface Due {
  at: number;
  run: () => void;
}

/**
 * The next thing that happens by itself to those who live by a clock (null: the stand-in's own), if it is
 * due by `until`. One at a time, in the order of their moments.
 */
export function nextDue(account: Account, clock: string | null, until: number): Due | null {
  let next: Due | null = null;
  const consider = (at: number | null, run: () => void) => {
    if (at !== null && at <= until && (next === null || at < next.at)) next = { at, run };
  };
  const lives = (id: unknown) => {
    const customer = account.store.get('customer', String(id));
    return customer !== undefined && (customer.test_clock ?? null) === clock;
  };
  for (const subscription of account.store.all('subscription')) {
    if (!['active', 'trialing', 'past_due', 'unpaid'].includes(subscription.status)) continue;
    if (!lives(subscription.customer)) continue;
    consider(subscription.cancel_at, () =>
      cancelNow(account, subscription, 'cancellation_requested'),
    );
    consider(currentPeriod(subscription).end, () => renew(account, subscription));
  }
  for (const invoice of account.store.all('invoice')) {
    if (invoice.status !== 'draft' && invoice.status !== 'open') continue;
    if (!lives(invoice.customer)) continue;
    if (invoice.status === 'draft') {
      consider(invoice.automatically_finalizes_at, () => finalize(account, invoice, true));
    } else {
      consider(invoice.next_payment_attempt, () => collect(account, invoice));
    }
  }
  if (clock === null) {
    for (const session of account.store.all('checkout session')) {
      if (session.status !== 'open') continue;
      consider(session.expires_at, () => {
        session.status = 'expired';
        session.url = null;
        account.store.put('checkout session', session);
        account.tell('checkout.session.expired', session, null);
      });
    }
  }
  return next;
}

/** Lets everything happen that is due by the stand-in's own clock. */
export function keepUp(account: Account): void {
  const until = account.now();
  for (let due = nextDue(account, null, until); due; due = nextDue(account, null, until)) due.run();
}

function renew(account: Account, subscription: Stripe.Subscription): void {
  const period = currentPeriod(subscription);
  const customer = String(subscription.customer);
  const before = structuredClone(subscription);
  const spans = spansAtEnd(subscription);
  for (const item of subscription.items.data) {
    item.current_period_start = period.end;
    item.current_period_end = periodEnd(
      subscription.billing_cycle_anchor,
      period.end,
      item.price.recurring!,
    );
  }
  if (subscription.status === 'trialing') subscription.status = 'active';
  const invoice = makeDraft(account, {
    customer,
    currency: subscription.currency,
    reason: 'subscription_cycle',
    subscription,
    spans,
    period,
    autoAdvance: true,
    takePending: true,
  });
  subscription.latest_invoice = invoice.id;
  account.store.put('subscription', subscription);
  account.tell('customer.subscription.updated', subscription, customer, before);
}
