import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { priceQuantity } from '../billing/amounts.ts';
import { cardOfNumber } from '../billing/cards.ts';
import { invalid } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import { customers } from './customers.ts';
import type { Handlers } from './handlers.ts';
import { startSubscription } from './subscriptions.ts';

const openSeconds = 24 * 3600;

/** Checkout sessions; what a person does on their page is `completeCheckout`. */
export const checkout: Handlers = {
  'POST /v1/checkout/sessions': (account, { params }) => {
    const mode = params.mode ?? 'payment';
    if (mode === 'payment') {
      throw invalid('The stand-in knows the modes subscription and setup.', 'mode');
    }
    if (params.customer !== undefined && params.customer_email !== undefined) {
      throw invalid(
        'You may only specify one of these parameters: customer, customer_email.',
        'customer',
      );
    }
    if (params.ui_mode === undefined && params.success_url === undefined) {
      throw invalid('Missing required param: success_url.', 'success_url', 'parameter_missing');
    }
    if (params.customer !== undefined) {
      account.need('customer', params.customer, 'customer');
      account.mustStandStill(params.customer);
    }
    const prices = pricesOf(account, params);
    const id = newId('cs_test', 58);
    const now = account.now();
    const session = blankSession(account, id, params, now, prices[0]?.currency ?? null);
    account.store.put('checkout session', session);
    account.store.put('checkout order', { id, parameters: params });
    return session;
  },
  'GET /v1/checkout/sessions': (account, { params, path }) =>
    listOf(
      account.store
        .all('checkout session')
        .reverse()
        .filter(
          (it) =>
            (params.customer === undefined || it.customer === params.customer) &&
            (params.subscription === undefined || it.subscription === params.subscription) &&
            (params.status === undefined || it.status === params.status) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/checkout/sessions/:id': (account, { id }) => account.need('checkout session', id),
  'GET /v1/checkout/sessions/:id/line_items': (account, { id, params, path }) => {
    account.need('checkout session', id);
    const order = account.need('checkout order', id).parameters;
    return listOf(
      pricesOf(account, order).map((price, index) => ({
        id: `li_${id.slice(8, 24)}${index}`,
        object: 'item',
        amount_discount: 0,
        amount_subtotal: 0,
        amount_tax: 0,
        amount_total: 0,
        currency: price.currency,
        description: account.store.get('product', String(price.product))?.name ?? null,
        price,
        quantity: order.line_items?.[index]?.quantity ?? null,
      })),
      params,
      path,
    );
  },
  'POST /v1/checkout/sessions/:id/expire': (account, { id }) => {
    const session = account.need('checkout session', id);
    if (session.status !== 'open') {
      throw invalid('Only Checkout Sessions with a status in ["open"] can be expired.');
    }
    session.status = 'expired';
    session.url = null;
    account.store.put('checkout session', session);
    account.tell('checkout.session.expired', session);
    return session;
  },
};

/** What is ordered, each with its price. */
export function pricesOf(
  account: Account,
  { line_items: items = [], mode }: Stripe.Checkout.SessionCreateParams,
): Stripe.Price[] {
  if (mode === 'subscription' && items.length === 0) {
    throw invalid('Missing required param: line_items.', 'line_items', 'parameter_missing');
  }
  return items.map((item, index) => {
    const name = `line_items[${index}]`;
    if (item.price === undefined) {
      throw invalid(`Missing required param: ${name}[price].`, `${name}[price]`);
    }
    const price = account.need('price', item.price, `${name}[price]`);
    if (!price.active) throw invalid('The price specified is inactive.', `${name}[price]`);
    if (!price.recurring) {
      throw invalid(
        'You must provide at least one recurring price in `subscription` mode.',
        `${name}[price]`,
      );
    }
    const metered = price.recurring.usage_type === 'metered';
    if (metered && item.quantity !== undefined) {
      throw invalid(
        'Quantity should not be specified where usage_type is metered.',
        `${name}[quantity]`,
      );
    }
    if (!metered && item.quantity === undefined) {
      throw invalid('Quantity is required.', `${name}[quantity]`, 'parameter_missing');
    }
    return price;
  });
}

/** A person typed a card and pressed the button: customer, card, subscription, and the event. */
export function completeCheckout(
  account: Account,
  session: Stripe.Checkout.Session,
  person: { number: string; email: string },
): Stripe.Checkout.Session {
  const order = account.need('checkout order', session.id).parameters;
  const customer =
    order.customer ??
    (
      customers['POST /v1/customers']!(account, {
        params: { email: order.customer_email ?? person.email },
        id: '',
        path: '',
      }) as Stripe.Customer
    ).id;
  const card = cardOfNumber(account, person.number, customer);
  const data = order.subscription_data;
  if (order.mode === 'subscription') {
    const subscription = startSubscription(account, customer, {
      items: (order.line_items ?? []).map(({ price, quantity }) => ({
        ...(price === undefined ? {} : { price }),
        ...(quantity === undefined ? {} : { quantity }),
      })),
      default_payment_method: card.id,
      metadata: data?.metadata,
      ...(data?.description ? { description: data.description } : {}),
      ...(data?.billing_cycle_anchor ? { billing_cycle_anchor: data.billing_cycle_anchor } : {}),
      ...(data?.billing_cycle_anchor_config
        ? { billing_cycle_anchor_config: data.billing_cycle_anchor_config }
        : {}),
      ...(data?.billing_mode ? { billing_mode: data.billing_mode } : {}),
      ...(data?.trial_period_days ? { trial_period_days: data.trial_period_days } : {}),
      ...(data?.trial_end ? { trial_end: data.trial_end } : {}),
    });
    session.subscription = subscription.id;
    session.invoice = subscription.latest_invoice as string | null;
  } else {
    const owner = account.need('customer', customer);
    owner.invoice_settings.default_payment_method = card.id;
    account.store.put('customer', owner);
    account.tell('customer.updated', owner, customer);
  }
  session.customer = customer;
  session.customer_details = {
    address: null,
    business_name: null,
    email: account.need('customer', customer).email ?? person.email,
    individual_name: null,
    name: account.need('customer', customer).name ?? null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  session.status = 'complete';
  session.payment_status = order.mode === 'setup' ? 'no_payment_required' : 'paid';
  session.url = null;
  account.store.put('checkout session', session);
  account.tell('checkout.session.completed', session, customer);
  return session;
}

/** What is due before anything is used, in the smallest unit. */
export function dueAtOnce(account: Account, order: Stripe.Checkout.SessionCreateParams): number {
  return pricesOf(account, order).reduce((sum, price, index) => {
    const quantity = order.line_items?.[index]?.quantity;
    if (quantity === undefined) return sum;
    return sum + priceQuantity(price, quantity).reduce((total, part) => total + part.amount, 0);
  }, 0);
}

function blankSession(
  account: Account,
  id: string,
  params: Stripe.Checkout.SessionCreateParams,
  now: number,
  currency: string | null,
): Stripe.Checkout.Session {
  const session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: dueAtOnce(account, params),
    amount_total: dueAtOnce(account, params),
    automatic_tax: {
      enabled: params.automatic_tax?.enabled ?? false,
      liability: null,
      provider: null,
      status: null,
    },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer ? null : 'always',
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts: [],
    expires_at: params.expires_at ?? now + openSeconds,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    mode: params.mode ?? 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: params.payment_method_collection ?? 'always',
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: params.success_url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params.ui_mode ?? 'hosted_page',
    url: `${account.base}/c/pay/${id}`,
    wallet_options: null,
  };
  return session as unknown as Stripe.Checkout.Session;
}
