import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { derivedId } from '../store/ids.ts';
import { asDecimal, type PricedPart, priceQuantity } from './amounts.ts';

/** A price that an invoice bills for a span of time. */
export interface BilledSpan {
  item: string;
  price: string;
  start: number;
  end: number;
  /** Null: what the meter says for the span. */
  quantity: number | null;
  /** Within a trial: told, and free. */
  free: boolean;
}

/** What a draft bills, from which its lines are made again until it is final. */
export interface DraftPlan {
  /** The invoice's id. */
  id: string;
  subscription: string | null;
  spans: BilledSpan[];
}

/** The lines of a plan as the meters stand now, and those of the invoice items on it. */
export function linesOf(
  account: Account,
  plan: DraftPlan,
  invoice: { id: string; customer: string; currency: string },
  items: Stripe.InvoiceItem[],
): Stripe.InvoiceLineItem[] {
  return [
    ...items.map((item) => itemLine(item, invoice.id)),
    ...plan.spans.flatMap((span) => spanLines(account, plan, span, invoice)),
  ];
}

function spanLines(
  account: Account,
  plan: DraftPlan,
  span: BilledSpan,
  invoice: { id: string; customer: string; currency: string },
): Stripe.InvoiceLineItem[] {
  const price = account.store.get('price', span.price)!;
  const product = account.store.get('product', String(price.product))!;
  const meter = price.recurring?.meter
    ? account.store.get('meter', price.recurring.meter)
    : undefined;
  const quantity =
    span.quantity ??
    (meter
      ? account.usage.total(meter, invoice.customer, span.start, span.end, account.nowMs())
      : 0);
  // Less than nothing was used by nobody.
  const parts = priceQuantity(price, Math.max(0, quantity));
  return parts.map((part, index) => ({
    ...blankLine(
      derivedId('il', invoice.id, span.item, span.price, String(span.start), String(index)),
      invoice.id,
      invoice.currency,
      { start: span.start, end: span.end },
    ),
    amount: span.free ? 0 : part.amount,
    subtotal: span.free ? 0 : part.amount,
    description: describe(product.name, price, part, span.free),
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: plan.subscription,
        subscription_item: span.item,
      },
      type: 'subscription_item_details',
    },
    pricing: {
      price_details: { price: price.id, product: product.id },
      type: 'price_details',
      unit_amount_decimal: part.unitAmount === null ? null : asDecimal(part.unitAmount),
    },
    quantity: part.quantity,
    quantity_decimal: asDecimal(String(part.quantity)),
    subscription: plan.subscription,
  }));
}

function itemLine(item: Stripe.InvoiceItem, invoice: string): Stripe.InvoiceLineItem {
  return {
    ...blankLine(derivedId('il', invoice, item.id), invoice, item.currency, item.period),
    amount: item.amount,
    subtotal: item.amount,
    description: item.description,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: false,
        proration_details: { credited_items: null },
        subscription: null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    pricing: item.pricing as Stripe.InvoiceLineItem.Pricing | null,
    quantity: item.quantity,
    quantity_decimal: asDecimal(String(item.quantity)),
  };
}

function blankLine(
  id: string,
  invoice: string,
  currency: string,
  period: { start: number; end: number },
): Stripe.InvoiceLineItem {
  return {
    id,
    object: 'line_item',
    amount: 0,
    currency,
    description: null,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    parent: null,
    period,
    pretax_credit_amounts: [],
    pricing: null,
    quantity: 1,
    quantity_decimal: asDecimal('1'),
    subscription: null,
    subtotal: 0,
    taxes: [],
  };
}

function describe(product: string, price: Stripe.Price, part: PricedPart, free: boolean): string {
  const interval = price.recurring?.interval;
  const per = interval ? ` / ${interval}` : '';
  if (free) return `Trial period for ${product}`;
  if (part.unitAmount === null) return `${product} (Tier ${part.tier} flat fee${per})`;
  const money = `${formatUnit(part.unitAmount)} ${price.currency.toUpperCase()}`;
  const tier = part.tier === null ? '' : `Tier ${part.tier} `;
  return `${part.quantity} × ${product} (${tier}at ${money}${per})`;
}

/** Smallest units as people read them; every currency here as if it had two decimals. */
function formatUnit(unitAmount: string): string {
  const [whole = '0', fraction = ''] = unitAmount.split('.');
  const padded = whole.padStart(3, '0');
  return `${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`;
}
