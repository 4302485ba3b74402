import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { asDecimal, readDecimal, wholeAmount, writeDecimal } from '../billing/amounts.ts';
import { invalid } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import { mustKnowCurrency } from './currencies.ts';
import type { Handlers } from './handlers.ts';

/** Products and prices. */
export const catalogue: Handlers = {
  'POST /v1/products': (account, { params }) => {
    if (params.id !== undefined && account.store.get('product', params.id)) {
      throw invalid('Product already exists.', 'id', 'resource_already_exists');
    }
    const now = account.now();
    const product: Stripe.Product = {
      id: params.id ?? newId('prod', 14),
      object: 'product',
      active: params.active ?? true,
      created: now,
      default_price: null,
      description: params.description ?? null,
      images: params.images ?? [],
      livemode: false,
      marketing_features: [],
      metadata: mergeMetadata({}, params.metadata),
      name: params.name,
      package_dimensions: null,
      shippable: null,
      statement_descriptor: params.statement_descriptor ?? null,
      tax_code: params.tax_code ?? null,
      tax_details: null,
      type: 'service',
      unit_label: params.unit_label ?? null,
      updated: now,
      url: params.url ?? null,
    };
    account.store.put('product', product);
    account.tell('product.created', product);
    return product;
  },
  'GET /v1/products': (account, { params, path }) =>
    listOf(
      account.store
        .all('product')
        .reverse()
        .filter(
          (it) =>
            (params.active === undefined || it.active === params.active) &&
            (params.ids === undefined || params.ids.includes(it.id)) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/products/:id': (account, { id }) => account.need('product', id),
  'POST /v1/products/:id': (account, { id, params }) => {
    const product = account.need('product', id);
    const before = structuredClone(product);
    if (params.active !== undefined) product.active = params.active;
    if (params.name !== undefined) product.name = params.name;
    if (params.description !== undefined) product.description = params.description || null;
    if (params.unit_label !== undefined) product.unit_label = params.unit_label || null;
    if (params.tax_code !== undefined) product.tax_code = params.tax_code || null;
    product.metadata = mergeMetadata(product.metadata, params.metadata);
    product.updated = account.now();
    account.store.put('product', product);
    account.tell('product.updated', product, null, before);
    return product;
  },

  'POST /v1/prices': (account, { params }) => {
    const price = makePrice(account, params);
    account.store.put('price', price);
    account.tell('price.created', price);
    return price;
  },
  'GET /v1/prices': (account, { params, path }) =>
    listOf(
      account.store
        .all('price')
        .reverse()
        .filter(
          (it) =>
            (params.active === undefined || it.active === params.active) &&
            (params.currency === undefined || it.currency === params.currency) &&
            (params.product === undefined || it.product === params.product) &&
            (params.type === undefined || it.type === params.type) &&
            (params.lookup_keys === undefined ||
              (it.lookup_key !== null && params.lookup_keys.includes(it.lookup_key))) &&
            (params.recurring?.meter === undefined ||
              it.recurring?.meter === params.recurring.meter) &&
            (params.recurring?.usage_type === undefined ||
              it.recurring?.usage_type === params.recurring.usage_type) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/prices/:id': (account, { id }) => account.need('price', id),
  'POST /v1/prices/:id': (account, { id, params }) => {
    const price = account.need('price', id);
    const before = structuredClone(price);
    if (params.active !== undefined) price.active = params.active;
    if (params.nickname !== undefined) price.nickname = params.nickname || null;
    if (params.lookup_key !== undefined) {
      claimLookupKey(account, params.lookup_key, params.transfer_lookup_key === true, price.id);
      price.lookup_key = params.lookup_key || null;
    }
    price.metadata = mergeMetadata(price.metadata, params.metadata);
    account.store.put('price', price);
    account.tell('price.updated', price, null, before);
    return price;
  },
};

function makePrice(account: Account, params: Stripe.PriceCreateParams): Stripe.Price {
  mustKnowCurrency(params.currency);
  const product = productOf(account, params);
  const tiered = params.billing_scheme === 'tiered';
  if (tiered && params.tiers_mode === undefined) {
    throw invalid('Missing required param: tiers_mode.', 'tiers_mode', 'parameter_missing');
  }
  if (tiered && !params.tiers?.length) {
    throw invalid('Missing required param: tiers.', 'tiers', 'parameter_missing');
  }
  if (!tiered && params.tiers) {
    throw invalid('`tiers` may only be set for tiered prices.', 'tiers');
  }
  if (tiered && params.transform_quantity) {
    throw invalid('`transform_quantity` cannot be combined with tiers.', 'transform_quantity');
  }
  const unit = tiered ? null : unitAmount(params);
  const tiers = tiered ? params.tiers!.map(readTier) : undefined;
  if (tiers) mustAscend(tiers);
  if (params.lookup_key !== undefined) {
    claimLookupKey(account, params.lookup_key, params.transfer_lookup_key === true, null);
  }
  return {
    id: newId('price'),
    object: 'price',
    active: params.active ?? true,
    billing_scheme: tiered ? 'tiered' : 'per_unit',
    created: account.now(),
    currency: params.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product,
    recurring: recurringOf(account, params),
    tax_behavior: params.tax_behavior ?? 'unspecified',
    ...(tiers ? { tiers } : {}),
    tiers_mode: tiered ? params.tiers_mode! : null,
    transform_quantity: params.transform_quantity ?? null,
    type: params.recurring ? 'recurring' : 'one_time',
    unit_amount: unit === null ? null : wholeAmount(unit),
    unit_amount_decimal: unit === null ? null : asDecimal(unit),
  };
}

function productOf(account: Account, params: Stripe.PriceCreateParams): string {
  if (params.product_data) {
    const { name, metadata, unit_label } = params.product_data;
    const made = catalogue['POST /v1/products']!(account, {
      params: { name, metadata: metadata ?? {}, ...(unit_label ? { unit_label } : {}) },
      id: '',
      path: '',
    });
    return (made as Stripe.Product).id;
  }
  if (params.product === undefined) {
    throw invalid('You must provide one of `product` or `product_data`.', 'product');
  }
  return account.need('product', params.product, 'product').id;
}

function recurringOf(
  account: Account,
  { recurring }: Stripe.PriceCreateParams,
): Stripe.Price.Recurring | null {
  if (!recurring) return null;
  const metered = recurring.usage_type === 'metered';
  if (metered && recurring.meter === undefined) {
    throw invalid(
      'Metered prices must be backed by meters.',
      'recurring[meter]',
      'parameter_missing',
    );
  }
  if (recurring.meter !== undefined) {
    const meter = account.need('meter', recurring.meter, 'recurring[meter]');
    if (!metered) {
      throw invalid('Only metered prices can have a meter.', 'recurring[meter]');
    }
    if (meter.status !== 'active') {
      throw invalid('The meter is not active.', 'recurring[meter]');
    }
  }
  return {
    interval: recurring.interval,
    interval_count: recurring.interval_count ?? 1,
    meter: recurring.meter ?? null,
    trial_period_days: null,
    usage_type: recurring.usage_type ?? 'licensed',
  };
}

function unitAmount(params: Stripe.PriceCreateParams): string {
  if (params.unit_amount !== undefined && params.unit_amount_decimal !== undefined) {
    throw invalid(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
    );
  }
  const given = params.unit_amount ?? params.unit_amount_decimal;
  if (given === undefined) {
    throw invalid('Missing required param: unit_amount.', 'unit_amount', 'parameter_missing');
  }
  const value = readDecimal(String(given), 'unit_amount_decimal');
  if (value < 0n) throw invalid('Invalid non-negative integer', 'unit_amount');
  return writeDecimal(value);
}

function readTier(tier: Stripe.PriceCreateParams.Tier, index: number): Stripe.Price.Tier {
  const amount = (whole: number | undefined, decimal: unknown, name: string) => {
    const given = whole ?? decimal;
    return given === undefined
      ? null
      : writeDecimal(readDecimal(String(given), `tiers[${index}][${name}]`));
  };
  const unit = amount(tier.unit_amount, tier.unit_amount_decimal, 'unit_amount_decimal');
  const flat = amount(tier.flat_amount, tier.flat_amount_decimal, 'flat_amount_decimal');
  if (unit === null && flat === null) {
    throw invalid('A tier needs a unit_amount or a flat_amount.', `tiers[${index}][unit_amount]`);
  }
  const unitText = unit ?? '0';
  return {
    flat_amount: flat === null ? null : wholeAmount(flat),
    flat_amount_decimal: flat === null ? null : asDecimal(flat),
    unit_amount: wholeAmount(unitText),
    unit_amount_decimal: asDecimal(unitText),
    up_to: tier.up_to === 'inf' ? null : tier.up_to,
  };
}

function mustAscend(tiers: Stripe.Price.Tier[]): void {
  if (tiers.at(-1)!.up_to !== null) {
    throw invalid('The last tier must have `up_to` set to `inf`.', 'tiers');
  }
  for (const [index, tier] of tiers.entries()) {
    const before = index === 0 ? 0 : tiers[index - 1]!.up_to;
    if (before === null || (tier.up_to !== null && tier.up_to <= before)) {
      throw invalid('Tiers must be in ascending order of `up_to`.', `tiers[${index}][up_to]`);
    }
  }
}

/** Of the prices with a key there is one; it can be handed to the next. */
function claimLookupKey(
  account: Account,
  key: string,
  transfer: boolean,
  own: string | null,
): void {
  const holder = account.store.all('price').find((it) => it.lookup_key === key && it.id !== own);
  if (!holder || key === '') return;
  if (!transfer) {
    throw invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, 'lookup_key');
  }
  holder.lookup_key = null;
  account.store.put('price', holder);
  account.tell('price.updated', holder);
}
