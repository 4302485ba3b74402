import type Stripe from 'stripe';
import { type Dimension, dimensions } from '../plan.ts';
import type {
  Catalogue,
  CheckoutInput,
  CheckoutView,
  SubscribeInput,
  SubscriptionView,
} from '../sink.ts';
import { attachTestCard } from './customers.ts';
import { stripeCall } from './failures.ts';
import { stepKey } from './keys.ts';

type ReadDimension = (priceId: string) => Promise<Dimension | null>;

/** Periods are the months of UTC, and nothing is in proportion: the ledger does that. */
const monthly = {
  billing_mode: { type: 'flexible' },
  billing_cycle_anchor_config: { day_of_month: 1, hour: 0, minute: 0, second: 0 },
  proration_behavior: 'none',
} as const;

function prices(catalogue: Catalogue): { price: string }[] {
  return dimensions.flatMap((dimension) => {
    const item = catalogue.items[dimension];
    return item === null ? [] : [{ price: item.priceId }];
  });
}

function marks(accountId: string, catalogue: Catalogue): Stripe.MetadataParam {
  return {
    account_id: accountId,
    plan_id: catalogue.planId,
    plan_version: String(catalogue.version),
  };
}

export async function openCheckout(
  stripe: Stripe,
  input: CheckoutInput,
): Promise<{ sessionId: string; url: string }> {
  const metadata = marks(input.accountId, input.catalogue);
  const contents: Stripe.Checkout.SessionCreateParams = {
    mode: 'subscription',
    customer: input.customerId,
    client_reference_id: input.accountId,
    // Metered prices take no quantity.
    line_items: prices(input.catalogue),
    // Nothing is due on the day; without this the page would not ask for a card.
    payment_method_collection: 'always',
    success_url: input.successUrl,
    cancel_url: input.cancelUrl,
    metadata,
    subscription_data: { ...monthly, metadata },
  };
  const fits = (one: Stripe.Checkout.Session) =>
    one.url !== null &&
    one.success_url === contents.success_url &&
    one.cancel_url === contents.cancel_url &&
    Object.entries(metadata).every(([name, value]) => one.metadata?.[name] === value);
  const known = (await openPages(stripe, input.customerId)).find(fits);
  const made =
    known ??
    (await stripeCall(() =>
      stripe.checkout.sessions.create(contents, {
        idempotencyKey: stepKey('checkout', input.key, contents),
      }),
    ));
  // Two people who ask at once both look again, and both keep the same one.
  const open = await openPages(stripe, input.customerId);
  const kept = open.find(fits) ?? made;
  for (const one of open) if (one.id !== kept.id) await closePage(stripe, one.id);
  return { sessionId: kept.id, url: kept.url ?? '' };
}

/** Oldest first. */
async function openPages(stripe: Stripe, customerId: string): Promise<Stripe.Checkout.Session[]> {
  const { data } = await stripeCall(() =>
    stripe.checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 }),
  );
  return data
    .filter(({ status }) => status === 'open')
    .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

async function closePage(stripe: Stripe, sessionId: string): Promise<void> {
  try {
    await stripeCall(() => stripe.checkout.sessions.expire(sessionId));
  } catch (err) {
    // Somebody closed it, or subscribed on it, a moment ago; one too many is ended by whoever syncs.
    if ((await readCheckout(stripe, sessionId)).state === 'open') throw err;
  }
}

export async function readCheckout(stripe: Stripe, sessionId: string): Promise<CheckoutView> {
  const session = await stripeCall(() => stripe.checkout.sessions.retrieve(sessionId));
  return {
    sessionId: session.id,
    state:
      session.status === 'complete'
        ? 'complete'
        : session.status === 'expired'
          ? 'expired'
          : 'open',
    url: session.url,
    subscriptionId: idOf(session.subscription),
  };
}

export async function subscribe(
  stripe: Stripe,
  input: SubscribeInput,
  dimensionOf: ReadDimension,
): Promise<SubscriptionView> {
  const known = await listSubscriptions(stripe, input.customerId, dimensionOf);
  const running = known.find((one) => one.accountId === input.accountId && one.state !== 'ended');
  if (running !== undefined) return running;
  if (input.testCard) await attachTestCard(stripe, input.customerId);
  const contents: Stripe.SubscriptionCreateParams = {
    customer: input.customerId,
    items: prices(input.catalogue),
    ...monthly,
    metadata: marks(input.accountId, input.catalogue),
  };
  const made = await stripeCall(() =>
    stripe.subscriptions.create(contents, {
      idempotencyKey: stepKey('subscribe', input.key, contents),
    }),
  );
  return await subscriptionView(made, dimensionOf);
}

export async function readSubscription(
  stripe: Stripe,
  subscriptionId: string,
  dimensionOf: ReadDimension,
): Promise<SubscriptionView> {
  const found = await stripeCall(() => stripe.subscriptions.retrieve(subscriptionId));
  return await subscriptionView(found, dimensionOf);
}

export async function listSubscriptions(
  stripe: Stripe,
  customerId: string,
  dimensionOf: ReadDimension,
): Promise<SubscriptionView[]> {
  const found = await stripeCall(() =>
    stripe.subscriptions.list({ customer: customerId, status: 'all', limit: 100 }),
  );
  const views: SubscriptionView[] = [];
  for (const one of found.data) views.push(await subscriptionView(one, dimensionOf));
  return views;
}

export async function cancelSubscription(
  stripe: Stripe,
  input: { subscriptionId: string; when: 'now' | 'period-end'; uninvoiced?: boolean },
  dimensionOf: ReadDimension,
): Promise<SubscriptionView> {
  const before = await stripeCall(() => stripe.subscriptions.retrieve(input.subscriptionId));
  if (before.ended_at !== null) return await subscriptionView(before, dimensionOf);
  const after = await stripeCall(() =>
    input.when === 'now'
      ? stripe.subscriptions.cancel(input.subscriptionId, {
          invoice_now: input.uninvoiced !== true,
          prorate: false,
        })
      : stripe.subscriptions.update(input.subscriptionId, { cancel_at_period_end: true }),
  );
  return await subscriptionView(after, dimensionOf);
}

/**
 * Other prices for a subscription. A meter's last value is billed once for each price that it had in
 * a period, so this is for the beginning of a period only, before its first push.
 */
export async function changePrices(
  stripe: Stripe,
  input: { subscriptionId: string; catalogue: Catalogue; key: string },
  dimensionOf: ReadDimension,
): Promise<SubscriptionView> {
  const before = await stripeCall(() => stripe.subscriptions.retrieve(input.subscriptionId));
  const { items } = await subscriptionView(before, dimensionOf);
  const changes: Stripe.SubscriptionUpdateParams.Item[] = [];
  for (const dimension of dimensions) {
    const old = items[dimension];
    const next = input.catalogue.items[dimension];
    if (old?.priceId === next?.priceId) continue;
    if (old === undefined) changes.push({ price: next!.priceId });
    else if (next === null) changes.push({ id: old.itemId, deleted: true });
    else changes.push({ id: old.itemId, price: next.priceId });
  }
  if (changes.length === 0) return await subscriptionView(before, dimensionOf);
  const contents: Stripe.SubscriptionUpdateParams = {
    items: changes,
    proration_behavior: 'none',
    metadata: {
      plan_id: input.catalogue.planId,
      plan_version: String(input.catalogue.version),
    },
  };
  const after = await stripeCall(() =>
    stripe.subscriptions.update(input.subscriptionId, contents, {
      idempotencyKey: stepKey('prices', input.key, contents),
    }),
  );
  return await subscriptionView(after, dimensionOf);
}

function stateOf(status: string): SubscriptionView['state'] {
  switch (status) {
    case 'past_due':
      return 'past-due';
    case 'canceled':
    case 'incomplete_expired':
      return 'ended';
    case 'unpaid':
    case 'incomplete':
    case 'paused':
      return status;
    default:
      return 'active';
  }
}

async function subscriptionView(
  subscription: Stripe.Subscription,
  dimensionOf: ReadDimension,
): Promise<SubscriptionView> {
  const items: SubscriptionView['items'] = {};
  let period: SubscriptionView['currentPeriod'] = null;
  for (const item of subscription.items.data) {
    const dimension = await dimensionOf(item.price.id);
    if (dimension !== null) items[dimension] = { itemId: item.id, priceId: item.price.id };
    period = { start: moment(item.current_period_start), end: moment(item.current_period_end) };
  }
  const endsAt = subscription.ended_at ?? subscription.cancel_at;
  return {
    subscriptionId: subscription.id,
    customerId: idOf(subscription.customer) ?? '',
    accountId: subscription.metadata.account_id ?? null,
    state: stateOf(subscription.status),
    startedAt: moment(subscription.start_date),
    endsAt: endsAt === null ? null : moment(endsAt),
    items,
    currentPeriod: period,
  };
}

/** Stripe's seconds as a Date. */
export function moment(seconds: number): Date {
  return new Date(seconds * 1000);
}

/** The id of what Stripe gives as an id or, expanded, as the object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
