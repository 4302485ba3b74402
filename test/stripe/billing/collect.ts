import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { StripeFailure } from '../http/failures.ts';
import { newId } from '../store/ids.ts';
import { isDeclined } from './cards.ts';
import { settle } from './settle.ts';

/** Days after a failed payment until the next try; after the last the invoice waits for a person. */
const retryDays = [3, 5, 7];

const declined = 'Your card was declined.';
const noCard =
  'This customer has no attached payment source or default payment method. Please consider adding a default payment method.';

/** Tries the card of an open invoice. Answers whether it was paid. */
export function collect(account: Account, invoice: Stripe.Invoice, named?: string): boolean {
  const customer = String(invoice.customer);
  const now = account.now(customer);
  const card = cardFor(account, invoice, named);
  const failed = card === null || isDeclined(card) || account.faults.cardsFail;
  const intent = paymentIntent(account, invoice, card, failed);
  invoice.attempted = true;
  invoice.attempt_count++;
  if (!failed) {
    invoice.amount_paid = invoice.amount_due;
    settle(account, invoice, now);
    recordPayment(account, invoice, intent, 'paid');
    reinstate(account, invoice);
    return true;
  }
  const wait = retryDays[invoice.attempt_count - 1];
  invoice.next_payment_attempt =
    invoice.auto_advance && wait !== undefined ? now + wait * 86_400 : null;
  account.store.put('invoice', invoice);
  recordPayment(account, invoice, intent, 'open');
  account.tell('invoice.payment_failed', invoice, customer);
  const subscription = subscriptionOf(account, invoice);
  if (subscription && ['active', 'trialing'].includes(subscription.status)) {
    const before = structuredClone(subscription);
    subscription.status = 'past_due';
    account.store.put('subscription', subscription);
    account.tell('customer.subscription.updated', subscription, customer, before);
  }
  return false;
}

/** The refusal that somebody gets who asked for the payment. */
export function declinedFailure(account: Account, invoice: Stripe.Invoice): StripeFailure {
  const card = cardFor(account, invoice);
  if (card === null) {
    return new StripeFailure(400, { type: 'invalid_request_error', message: noCard });
  }
  return new StripeFailure(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: declined,
  });
}

/** A subscription whose invoices are all paid is in order again. */
export function reinstate(account: Account, invoice: Stripe.Invoice): void {
  const subscription = subscriptionOf(account, invoice);
  if (!subscription || !['past_due', 'unpaid', 'incomplete'].includes(subscription.status)) return;
  const open = account.store
    .all('invoice')
    .some((it) => it.status === 'open' && subscriptionOf(account, it)?.id === subscription.id);
  if (open) return;
  const before = structuredClone(subscription);
  subscription.status = 'active';
  account.store.put('subscription', subscription);
  account.tell(
    'customer.subscription.updated',
    subscription,
    String(subscription.customer),
    before,
  );
}

export function subscriptionOf(
  account: Account,
  invoice: Stripe.Invoice,
): Stripe.Subscription | undefined {
  const id = invoice.parent?.subscription_details?.subscription;
  return id ? account.store.get('subscription', String(id)) : undefined;
}

function cardFor(
  account: Account,
  invoice: Stripe.Invoice,
  named?: string,
): Stripe.PaymentMethod | null {
  const customer = account.store.get('customer', String(invoice.customer));
  const id =
    named ??
    invoice.default_payment_method ??
    subscriptionOf(account, invoice)?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  const card = id ? account.store.get('payment method', String(id)) : undefined;
  return card && card.customer === invoice.customer ? card : null;
}

function paymentIntent(
  account: Account,
  invoice: Stripe.Invoice,
  card: Stripe.PaymentMethod | null,
  failed: boolean,
): Stripe.PaymentIntent {
  const intent = {
    id: newId('pi'),
    object: 'payment_intent',
    amount: invoice.amount_due,
    amount_received: failed ? 0 : invoice.amount_due,
    created: account.now(String(invoice.customer)),
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.number ? `Payment for Invoice ${invoice.number}` : null,
    last_payment_error: failed
      ? {
          type: card ? 'card_error' : 'invalid_request_error',
          code: card ? 'card_declined' : 'payment_method_missing',
          message: card ? declined : noCard,
        }
      : null,
    latest_charge: newId('ch'),
    livemode: false,
    metadata: {},
    payment_method: card?.id ?? null,
    status: failed ? 'requires_payment_method' : 'succeeded',
  } as unknown as Stripe.PaymentIntent;
  return account.store.put('payment intent', intent);
}

function recordPayment(
  account: Account,
  invoice: Stripe.Invoice,
  intent: Stripe.PaymentIntent,
  status: 'open' | 'paid',
): void {
  const now = account.now(String(invoice.customer));
  const payment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: status === 'paid' ? invoice.amount_paid : null,
    amount_requested: invoice.amount_due,
    created: now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status,
    status_transitions: { canceled_at: null, paid_at: status === 'paid' ? now : null },
  } as unknown as Stripe.InvoicePayment;
  account.store.put('payment', payment);
  invoice.payments!.data.push(payment);
  account.store.put('invoice', invoice);
}
