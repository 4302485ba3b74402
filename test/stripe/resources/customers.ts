import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { attachCard, isTestCard } from '../billing/cards.ts';
import { cancelNow } from '../billing/ending.ts';
import { invalid, missing } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

/** Customers and the cards they pay with. */
export const customers: Handlers = {
  'POST /v1/customers': (account, { params }) => {
    if (params.test_clock !== undefined) {
      const clock = account.need('test clock', params.test_clock, 'test_clock');
      if (clock.status === 'advancing') throw invalid('The test clock is advancing.', 'test_clock');
    }
    const id = newId('cus', 14);
    const clock = params.test_clock ?? null;
    const customer: Stripe.Customer = {
      id,
      object: 'customer',
      address: (params.address || null) as Stripe.Address | null,
      balance: params.balance ?? 0,
      created: clock ? account.store.get('test clock', clock)!.frozen_time : account.now(),
      currency: null,
      default_source: null,
      delinquent: false,
      description: params.description ?? null,
      discount: null,
      email: params.email ?? null,
      invoice_prefix: params.invoice_prefix ?? newId('', 8).slice(1).toUpperCase(),
      invoice_settings: {
        custom_fields: null,
        default_payment_method: null,
        footer: null,
        rendering_options: null,
      },
      livemode: false,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name ?? null,
      next_invoice_sequence: 1,
      phone: params.phone ?? null,
      preferred_locales: params.preferred_locales ?? [],
      shipping: null,
      tax_exempt: params.tax_exempt || 'none',
      test_clock: clock,
    };
    account.store.put('customer', customer);
    if (params.payment_method !== undefined) attachCard(account, params.payment_method, id);
    if (params.invoice_settings?.default_payment_method) {
      customer.invoice_settings.default_payment_method = ownCard(
        account,
        params.invoice_settings.default_payment_method,
        id,
      );
    }
    account.tell('customer.created', customer, id);
    return customer;
  },
  'GET /v1/customers': (account, { params, path }) =>
    listOf(
      account.store
        .all('customer')
        .reverse()
        .filter(
          (it) =>
            (params.email === undefined || it.email === params.email) &&
            (params.test_clock === undefined
              ? it.test_clock === null
              : it.test_clock === params.test_clock) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  // Of the language of queries just what finds a customer by its metadata; none on a clock is found.
  'GET /v1/customers/search': (account, { params }) => {
    const asked = /^metadata\['([^']+)'\]:'([^']*)'$/.exec(params.query);
    if (asked === null) throw invalid('The search query is not one that is known.', 'query');
    const data = account.store
      .all('customer')
      .filter((it) => it.test_clock === null && it.metadata[asked[1]!] === asked[2]);
    const page = data.slice(0, params.limit ?? 10);
    return {
      object: 'search_result' as const,
      data: page,
      has_more: data.length > page.length,
      next_page: null,
      url: '/v1/customers/search',
    };
  },
  'GET /v1/customers/:id': (account, { id }) => account.need('customer', id),
  'POST /v1/customers/:id': (account, { id, params }) => {
    const customer = account.need('customer', id);
    account.mustStandStill(id);
    const before = structuredClone(customer);
    if (params.name !== undefined) customer.name = params.name || null;
    if (params.email !== undefined) customer.email = params.email || null;
    if (params.description !== undefined) customer.description = params.description || null;
    if (params.balance !== undefined) customer.balance = params.balance;
    if (params.address !== undefined) {
      customer.address = (params.address || null) as Stripe.Address | null;
    }
    if (params.invoice_settings?.default_payment_method !== undefined) {
      const card = params.invoice_settings.default_payment_method;
      customer.invoice_settings.default_payment_method = card ? ownCard(account, card, id) : null;
    }
    customer.metadata = mergeMetadata(customer.metadata, params.metadata);
    account.store.put('customer', customer);
    account.tell('customer.updated', customer, id, before);
    return customer;
  },
  'DELETE /v1/customers/:id': (account, { id }) => {
    const customer = account.need('customer', id);
    account.mustStandStill(id);
    for (const subscription of account.store.all('subscription')) {
      if (subscription.customer === id && subscription.status !== 'canceled') {
        cancelNow(account, subscription, 'cancellation_requested');
      }
    }
    account.tell('customer.deleted', customer, id);
    account.store.remove('customer', id);
    return { id, object: 'customer', deleted: true };
  },

  'GET /v1/customers/:id/payment_methods': (account, { id, params, path }) => {
    account.need('customer', id);
    return listOf(cardsOf(account, id), params, path);
  },
  'GET /v1/payment_methods': (account, { params, path }) =>
    listOf(params.customer ? cardsOf(account, params.customer) : [], params, path),
  'GET /v1/payment_methods/:id': (account, { id }) => account.need('payment method', id),
  'POST /v1/payment_methods/:id/attach': (account, { id, params }) => {
    if (params.customer === undefined) {
      throw invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    }
    account.need('customer', params.customer, 'customer');
    account.mustStandStill(params.customer);
    return attachCard(account, id, params.customer);
  },
  'POST /v1/payment_methods/:id/detach': (account, { id }) => {
    const card = account.need('payment method', id);
    const owner = String(card.customer ?? '');
    card.customer = null;
    account.store.put('payment method', card);
    account.tell('payment_method.detached', card, owner);
    return card;
  },
};

function cardsOf(account: Account, customer: string): Stripe.PaymentMethod[] {
  return account.store
    .all('payment method')
    .reverse()
    .filter((it) => it.customer === customer);
}

function ownCard(account: Account, id: string, customer: string): string {
  if (isTestCard(id)) return attachCard(account, id, customer).id;
  const card = account.store.get('payment method', id);
  if (card?.customer !== customer) {
    throw missing('PaymentMethod', id, 'invoice_settings[default_payment_method]');
  }
  return card.id;
}
