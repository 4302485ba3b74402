import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../store/ids.ts';

/** Cards that every test account knows; attaching one makes a card of the customer's own. */
const testCards: Record<string, { brand: 'visa' | 'mastercard'; last4: string; fails: boolean }> = {
  pm_card_visa: { brand: 'visa', last4: '4242', fails: false },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', fails: false },
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', fails: true },
};

export function isTestCard(id: string): boolean {
  return Object.hasOwn(testCards, id);
}

/** Makes a card of a test card, or of one without an owner, the customer's. */
export function attachCard(account: Account, id: string, customer: string): Stripe.PaymentMethod {
  const test = testCards[id];
  const card = test
    ? newCard(account.now(customer), test.brand, test.last4)
    : account.need('payment method', id, 'payment_method');
  card.customer = customer;
  account.store.put('payment method', card);
  account.tell('payment_method.attached', card, customer);
  return card;
}

/** A card whose number a person typed; one of the two that fail is told by its last digits. */
export function cardOfNumber(
  account: Account,
  number: string,
  customer: string,
): Stripe.PaymentMethod {
  const card = newCard(account.now(customer), 'visa', number.slice(-4));
  card.customer = customer;
  account.store.put('payment method', card);
  account.tell('payment_method.attached', card, customer);
  return card;
}

/** Whether a charge of the card is declined. */
export function isDeclined(card: Stripe.PaymentMethod): boolean {
  return ['0341', '0002', '9995'].includes(card.card?.last4 ?? '');
}

function newCard(now: number, brand: 'visa' | 'mastercard', last4: string): Stripe.PaymentMethod {
  const card = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'always',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand,
      checks: null,
      country: 'US',
      display_brand: brand,
      exp_month: 12,
      exp_year: new Date(now * 1000).getUTCFullYear() + 3,
      fingerprint: newId('', 16).slice(1),
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
  return card as unknown as Stripe.PaymentMethod;
}
