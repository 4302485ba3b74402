import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { currentPeriod } from '../billing/current-period.ts';
import { cancelNow } from '../billing/ending.ts';
import type { BilledSpan } from '../billing/invoice-parts.ts';
import { finalize, makeDraft } from '../billing/invoicing.ts';
import { anchorFrom, periodEnd } from '../billing/periods.ts';
import { invalid, missing } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

/** Subscriptions and their items. */
export const subscriptions: Handlers = {
  'POST /v1/subscriptions': (account, { params }) => {
    if (params.customer === undefined) {
      throw invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    }
    account.need('customer', params.customer, 'customer');
    account.mustStandStill(params.customer);
    return startSubscription(account, params.customer, params);
  },
  'GET /v1/subscriptions': (account, { params, path }) => {
    const { customer, status, price, test_clock: clock } = params;
    return listOf(
      account.store
        .all('subscription')
        .reverse()
        .filter(
          (it) =>
            (customer === undefined || it.customer === customer) &&
            // Those on test clocks are told to who names the clock or the customer.
            (clock !== undefined
              ? it.test_clock === clock
              : customer !== undefined || it.test_clock === null) &&
            (status === undefined
              ? it.status !== 'canceled'
              : status === 'all' || status === 'ended' || it.status === status) &&
            (status !== 'ended' || it.ended_at !== null) &&
            (price === undefined || it.items.data.some((item) => item.price.id === price)) &&
            within(it.created, params.created),
        ),
      params,
      path,
    );
  },
  'GET /v1/subscriptions/:id': (account, { id }) => account.need('subscription', id),
  'POST /v1/subscriptions/:id': (account, { id, params }) => {
    const subscription = account.need('subscription', id);
    account.mustStandStill(String(subscription.customer));
    if (subscription.status === 'canceled') {
      throw invalid(
        'A canceled subscription can only update its cancellation_details and metadata.',
      );
    }
    const before = structuredClone(subscription);
    for (const [index, change] of (params.items ?? []).entries()) {
      changeItem(account, subscription, change, `items[${index}]`, params.proration_behavior);
    }
    if (params.default_payment_method !== undefined) {
      subscription.default_payment_method =
        params.default_payment_method === ''
          ? null
          : account.need('payment method', params.default_payment_method, 'default_payment_method')
              .id;
    }
    if (params.description !== undefined) subscription.description = params.description || null;
    if (params.cancel_at_period_end !== undefined) {
      subscription.cancel_at_period_end = params.cancel_at_period_end;
      subscription.cancel_at = params.cancel_at_period_end ? currentPeriod(subscription).end : null;
      subscription.canceled_at = params.cancel_at_period_end
        ? account.now(String(subscription.customer))
        : null;
    }
    if (typeof params.cancel_at === 'number') subscription.cancel_at = params.cancel_at;
    if (params.cancel_at === null) subscription.cancel_at = null;
    subscription.metadata = mergeMetadata(subscription.metadata, params.metadata);
    account.store.put('subscription', subscription);
    account.tell(
      'customer.subscription.updated',
      subscription,
      String(subscription.customer),
      before,
    );
    return subscription;
  },
  'DELETE /v1/subscriptions/:id': (account, { id, params }) => {
    const subscription = account.need('subscription', id);
    account.mustStandStill(String(subscription.customer));
    if (subscription.status === 'canceled') throw missing('subscription', id);
    return cancelNow(account, subscription, 'cancellation_requested', params.invoice_now === true);
  },
  'GET /v1/subscription_items': (account, { params, path }) =>
    listOf(
      account.need('subscription', params.subscription, 'subscription').items.data,
      params,
      path,
    ),
  'GET /v1/subscription_items/:id': (account, { id }) => {
    const found = account.store
      .all('subscription')
      .flatMap((it) => it.items.data)
      .find((it) => it.id === id);
    if (!found) throw missing('subscription_item', id);
    return found;
  },
};

/** What a subscription and a Checkout session have in common. */
interface Order {
  items?: Array<{ price?: string; quantity?: number; metadata?: unknown }>;
  currency?: string;
  metadata?: unknown;
  description?: string | '';
  default_payment_method?: string;
  billing_cycle_anchor?: number;
  billing_cycle_anchor_config?: Stripe.SubscriptionCreateParams['billing_cycle_anchor_config'];
  billing_mode?: Stripe.SubscriptionCreateParams['billing_mode'];
  collection_method?: 'charge_automatically' | 'send_invoice' | (string & Record<never, never>);
  days_until_due?: number;
  trial_end?: number | 'now';
  trial_period_days?: number;
  cancel_at_period_end?: boolean;
}

/** Starts one: the first period runs to the anchor, and an invoice tells that it began. */
export function startSubscription(
  account: Account,
  customer: string,
  order: Order,
): Stripe.Subscription {
  const now = account.now(customer);
  if (!order.items?.length) {
    throw invalid('Missing required param: items.', 'items', 'parameter_missing');
  }
  const prices = order.items.map((item, index) => {
    const name = `items[${index}][price]`;
    if (item.price === undefined) {
      throw invalid(`Missing required param: ${name}.`, name, 'parameter_missing');
    }
    const price = account.need('price', item.price, name);
    if (!price.active) {
      throw invalid(
        `The price specified is inactive. This field only accepts active prices.`,
        name,
      );
    }
    if (!price.recurring) {
      throw invalid(
        `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
        name,
      );
    }
    if (price.recurring.usage_type === 'metered' && item.quantity !== undefined) {
      throw invalid(
        'You may not pass a quantity for a metered price: its usage is what the meter says.',
        `items[${index}][quantity]`,
      );
    }
    return price;
  });
  const currency = prices[0]!.currency;
  if (prices.some((price) => price.currency !== currency)) {
    throw invalid('All prices of a subscription must have the same currency.', 'items');
  }
  const trialEnd = trialEndOf(order, now);
  const anchor = anchorOf(order, trialEnd, now);
  const first = trialEnd ?? (anchor > now ? anchor : periodEnd(anchor, now, prices[0]!.recurring!));
  const id = newId('sub');
  const items = order.items.map(
    (item, index): Stripe.SubscriptionItem => ({
      id: newId('si'),
      object: 'subscription_item',
      billing_thresholds: null,
      created: now,
      current_period_end: first,
      current_period_start: now,
      current_trial: null,
      discounts: [],
      metadata: mergeMetadata({}, item.metadata),
      plan: null as never,
      price: prices[index]!,
      ...(prices[index]!.recurring!.usage_type === 'metered'
        ? {}
        : { quantity: item.quantity ?? 1 }),
      subscription: id,
      tax_rates: [],
    }),
  );
  const subscription: Stripe.Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: order.billing_cycle_anchor_config
      ? {
          day_of_month: order.billing_cycle_anchor_config.day_of_month,
          hour: order.billing_cycle_anchor_config.hour ?? null,
          minute: order.billing_cycle_anchor_config.minute ?? null,
          month: order.billing_cycle_anchor_config.month ?? null,
          second: order.billing_cycle_anchor_config.second ?? null,
        }
      : null,
    billing_mode: {
      flexible: order.billing_mode?.type === 'classic' ? null : { proration_discounts: 'included' },
      type: order.billing_mode?.type ?? 'flexible',
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: order.cancel_at_period_end ? first : null,
    cancel_at_period_end: order.cancel_at_period_end ?? false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: order.collection_method ?? 'charge_automatically',
    created: now,
    currency,
    customer,
    customer_account: null,
    days_until_due: order.days_until_due ?? null,
    default_payment_method: order.default_payment_method
      ? account.need('payment method', order.default_payment_method, 'default_payment_method').id
      : null,
    default_source: null,
    default_tax_rates: [],
    description: order.description || null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: items,
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: mergeMetadata({}, order.metadata),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: (account.store.get('customer', customer)!.test_clock as string | null) ?? null,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: trialEnd === null ? null : now,
  };
  account.store.put('subscription', subscription);
  account.tell('customer.subscription.created', subscription, customer);
  // What is paid ahead is due now; use is due when it is known. The first invoice never waits.
  const ahead: BilledSpan[] = items
    .filter((item) => item.price.recurring?.usage_type !== 'metered')
    .map((item) => ({
      item: item.id,
      price: item.price.id,
      start: now,
      end: first,
      quantity: item.quantity ?? 1,
      free: trialEnd !== null,
    }));
  const invoice = makeDraft(account, {
    customer,
    currency,
    reason: 'subscription_create',
    subscription,
    spans: ahead,
    period: { start: now, end: now },
    autoAdvance: true,
    takePending: true,
  });
  subscription.latest_invoice = invoice.id;
  account.store.put('subscription', subscription);
  finalize(account, invoice, true);
  return subscription;
}

function trialEndOf(order: Order, now: number): number | null {
  if (typeof order.trial_end === 'number') return order.trial_end;
  if (order.trial_period_days === undefined) return null;
  return now + order.trial_period_days * 86_400;
}

function anchorOf(order: Order, trialEnd: number | null, now: number): number {
  if (order.billing_cycle_anchor !== undefined && order.billing_cycle_anchor_config) {
    throw invalid(
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
      'billing_cycle_anchor',
    );
  }
  if (order.billing_cycle_anchor_config) {
    return anchorFrom(order.billing_cycle_anchor_config, trialEnd ?? now);
  }
  if (order.billing_cycle_anchor !== undefined) {
    if (order.billing_cycle_anchor < now) {
      throw invalid('billing_cycle_anchor cannot be in the past.', 'billing_cycle_anchor');
    }
    return order.billing_cycle_anchor;
  }
  return trialEnd ?? now;
}

/**
 * Another price, or another item. In flexible mode the use so far of a price that goes is billed with the
 * next invoice, unless proration is switched off; then it is lost.
 */
function changeItem(
  account: Account,
  subscription: Stripe.Subscription,
  change: Stripe.SubscriptionUpdateParams.Item,
  path: string,
  proration: string | undefined,
): void {
  const customer = String(subscription.customer);
  const now = account.now(customer);
  const item = change.id ? subscription.items.data.find((it) => it.id === change.id) : undefined;
  if (change.id && !item) throw missing('subscription item', change.id, `${path}[id]`);
  const leave = (old: Stripe.SubscriptionItem) => {
    if (old.price.recurring?.usage_type !== 'metered' || proration === 'none') return;
    if (subscription.billing_mode.type !== 'flexible' || now <= old.current_period_start) return;
    const invoice = makeDraft(account, {
      customer,
      currency: subscription.currency,
      reason: 'subscription_update',
      subscription,
      spans: [
        {
          item: old.id,
          price: old.price.id,
          start: old.current_period_start,
          end: now,
          quantity: null,
          free: false,
        },
      ],
      period: { start: old.current_period_start, end: now },
      autoAdvance: true,
      takePending: false,
    });
    subscription.latest_invoice = invoice.id;
  };
  if (item && change.deleted) {
    leave(item);
    subscription.items.data = subscription.items.data.filter((it) => it !== item);
    return;
  }
  const price = change.price ? account.need('price', change.price, `${path}[price]`) : undefined;
  if (price && price.currency !== subscription.currency) {
    throw invalid('The currency of the price does not match.', `${path}[price]`);
  }
  if (item) {
    if (price && price.id !== item.price.id) {
      leave(item);
      item.price = price;
      // Each price counts what was used while it applied; with `last` that is billed once for each.
      item.current_period_start = Math.max(item.current_period_start, now);
    }
    if (change.quantity !== undefined) item.quantity = change.quantity;
    item.metadata = mergeMetadata(item.metadata, change.metadata);
    return;
  }
  if (!price) throw invalid(`Missing required param: ${path}[price].`, `${path}[price]`);
  const first = subscription.items.data[0]!;
  subscription.items.data.push({
    ...structuredClone(first),
    id: newId('si'),
    created: now,
    metadata: mergeMetadata({}, change.metadata),
    price,
  });
}
