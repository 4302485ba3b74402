import Stripe from 'stripe';
import { AppError } from '#lib/core/errors.ts';
import { meterNames } from '../meter-event.ts';
import { parseAmount, parsePrice, priceInMinor } from '../money.ts';
import { type Dimension, dimensions, type PlanVersion, type Price } from '../plan.ts';
import type { Catalogue, CatalogueItem } from '../sink.ts';
import { stripeCall, stripeFailure } from './failures.ts';
import { stepKey } from './keys.ts';

const names: Record<Dimension, string> = {
  'protected-mailboxes': 'Protected mailboxes',
  'sealed-mailboxes': 'Sealed mailboxes',
  'stored-gib': 'Stored GiB',
};

/** By which a price of a version of a plan is found again. */
export function lookupKey(planId: string, version: number, dimension: Dimension): string {
  return `hf_${planId}_v${version}_${dimension}`;
}

/** Makes, or finds, meters, products and prices. What is there is never changed: versions do not change. */
export async function ensureCatalogue(
  stripe: Stripe,
  plan: PlanVersion & { name: string },
): Promise<Catalogue> {
  const priced = dimensions.filter((dimension) => plan.terms.prices[dimension] !== undefined);
  if (priced.length === 0) {
    throw new AppError(
      'input.invalid',
      `The plan "${plan.name}" has no prices, so nobody can subscribe to it. Usage is still counted.`,
    );
  }
  const items: Catalogue['items'] = {
    'protected-mailboxes': null,
    'sealed-mailboxes': null,
    'stored-gib': null,
  };
  const meters = await stripeCall(() =>
    stripe.billing.meters.list({ limit: 100 }).autoPagingToArray({ limit: 1000 }),
  );
  for (const dimension of priced)
    items[dimension] = await ensureItem(stripe, plan, dimension, meters);
  return { planId: plan.planId, version: plan.version, items };
}

async function ensureItem(
  stripe: Stripe,
  plan: PlanVersion & { name: string },
  dimension: Dimension,
  meters: Stripe.Billing.Meter[],
): Promise<CatalogueItem> {
  const meterId = await ensureMeter(stripe, dimension, meters);
  const key = lookupKey(plan.planId, plan.version, dimension);
  const priceId =
    (await findPrice(stripe, key)) ?? (await makePrice(stripe, plan, dimension, meterId, key));
  return { meterId, eventName: meterNames[dimension], priceId };
}

async function ensureMeter(
  stripe: Stripe,
  dimension: Dimension,
  meters: Stripe.Billing.Meter[],
): Promise<string> {
  const eventName = meterNames[dimension];
  const mine = meters.filter((meter) => meter.event_name === eventName);
  const found = mine.find((meter) => meter.status === 'active') ?? mine[0];
  if (found !== undefined) {
    if (found.status !== 'active') {
      await stripeCall(() => stripe.billing.meters.reactivate(found.id));
    }
    return found.id;
  }
  const contents: Stripe.Billing.MeterCreateParams = {
    display_name: names[dimension],
    event_name: eventName,
    default_aggregation: { formula: 'last' },
    customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
    value_settings: { event_payload_key: 'value' },
  };
  const made = await stripeCall(() =>
    stripe.billing.meters.create(contents, {
      idempotencyKey: stepKey('meter', dimension, contents),
    }),
  );
  return made.id;
}

async function findPrice(stripe: Stripe, key: string): Promise<string | null> {
  const found = await stripeCall(() => stripe.prices.list({ lookup_keys: [key], limit: 1 }));
  return found.data[0]?.id ?? null;
}

async function makePrice(
  stripe: Stripe,
  plan: PlanVersion & { name: string },
  dimension: Dimension,
  meterId: string,
  key: string,
): Promise<string> {
  const { currency } = plan.terms;
  const product = await ensureProduct(stripe, plan, dimension);
  const metadata = {
    plan_id: plan.planId,
    plan_version: String(plan.version),
    dimension,
  };
  const recurring = { interval: 'month', usage_type: 'metered', meter: meterId } as const;
  const shape = priceShape(plan.terms.prices[dimension]!, currency);
  const create = { currency, product, lookup_key: key, metadata, recurring, ...shape };
  const contents = JSON.parse(JSON.stringify({ ...create, meterId }));
  try {
    const made = await stripe.prices.create(create, {
      idempotencyKey: stepKey('price', key, contents),
    });
    return made.id;
  } catch (err) {
    // Somebody else was quicker: the lookup key is taken.
    const found = await findPrice(stripe, key);
    if (found !== null) return found;
    throw stripeFailure(err);
  }
}

function priceShape(price: Price, currency: string): Partial<Stripe.PriceCreateParams> {
  const decimal = (text: string) => Stripe.Decimal.from(priceInMinor(parsePrice(text)!, currency));
  const [first] = price.tiers;
  if (price.tiers.length === 1 && parsePrice(first!.flat) === 0n) {
    return { billing_scheme: 'per_unit', unit_amount_decimal: decimal(first!.unitPrice) };
  }
  return {
    billing_scheme: 'tiered',
    tiers_mode: price.mode,
    tiers: price.tiers.map(({ upTo, unitPrice, flat }) => ({
      up_to: upTo ?? 'inf',
      unit_amount_decimal: decimal(unitPrice),
      ...(parsePrice(flat) === 0n ? {} : { flat_amount: Number(parseAmount(flat, currency)) }),
    })),
  };
}

async function ensureProduct(
  stripe: Stripe,
  plan: PlanVersion & { name: string },
  dimension: Dimension,
): Promise<string> {
  const id = `hf_${plan.planId}_${dimension}`;
  try {
    await stripe.products.retrieve(id);
    return id;
  } catch (err) {
    if (!isMissing(err)) throw stripeFailure(err);
  }
  const contents: Stripe.ProductCreateParams = {
    id,
    name: names[dimension],
    unit_label: dimension === 'stored-gib' ? 'GiB' : 'mailbox',
    metadata: { plan_id: plan.planId, dimension },
  };
  try {
    await stripe.products.create(contents, { idempotencyKey: stepKey('product', id, contents) });
  } catch (err) {
    const taken =
      err instanceof Stripe.errors.StripeError && err.code === 'resource_already_exists';
    if (!taken) throw stripeFailure(err);
  }
  return id;
}

function isMissing(err: unknown): boolean {
  return err instanceof Stripe.errors.StripeError && err.statusCode === 404;
}

/** Which dimension a price is of, as its metadata says; asked once and remembered. */
export function dimensionReader(stripe: Stripe): (priceId: string) => Promise<Dimension | null> {
  const known = new Map<string, Dimension | null>();
  return async (priceId) => {
    const before = known.get(priceId);
    if (before !== undefined) return before;
    const price = await stripeCall(() => stripe.prices.retrieve(priceId));
    const dimension =
      dimensions.find((candidate) => candidate === price.metadata.dimension) ?? null;
    known.set(priceId, dimension);
    return dimension;
  };
}
