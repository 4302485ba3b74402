import type Stripe from 'stripe';
import type { Account } from '../account.ts';

/** Nothing is owed (any more). */
export function settle(account: Account, invoice: Stripe.Invoice, now: number): void {
  invoice.status = 'paid';
  invoice.amount_remaining = 0;
  invoice.auto_advance = false;
  invoice.attempted = true;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = now;
  account.store.put('invoice', invoice);
  account.tell('invoice.paid', invoice, String(invoice.customer));
  account.tell('invoice.payment_succeeded', invoice, String(invoice.customer));
}
