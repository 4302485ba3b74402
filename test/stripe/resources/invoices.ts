import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import {
  asDecimal,
  decimalText,
  readDecimal,
  roundToUnit,
  writeDecimal,
} from '../billing/amounts.ts';
import { collect, declinedFailure, reinstate } from '../billing/collect.ts';
import { currentPeriod, spansAtEnd } from '../billing/current-period.ts';
import {
  draftSeconds,
  finalize,
  makeDraft,
  previewOf,
  refreshDraft,
} from '../billing/invoicing.ts';
import { settle } from '../billing/settle.ts';
import { invalid, missing } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import { mustKnowCurrency } from './currencies.ts';
import type { Handlers } from './handlers.ts';

/** Invoices and what is added to them by hand. */
export const invoices: Handlers = {
  'POST /v1/invoices': (account, { params }) => {
    if (params.customer === undefined) {
      throw invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    }
    const customer = account.need('customer', params.customer, 'customer');
    account.mustStandStill(customer.id);
    const subscription = params.subscription
      ? account.need('subscription', params.subscription, 'subscription')
      : null;
    const now = account.now(customer.id);
    return makeDraft(account, {
      customer: customer.id,
      currency: params.currency ?? subscription?.currency ?? customer.currency ?? 'usd',
      reason: 'manual',
      subscription,
      spans: [],
      period: { start: now, end: now },
      autoAdvance: params.auto_advance ?? false,
      takePending: params.pending_invoice_items_behavior === 'include',
      given: {
        metadata: mergeMetadata({}, params.metadata),
        description: params.description ?? null,
        ...(params.collection_method ? { collection_method: params.collection_method } : {}),
      },
    });
  },
  'GET /v1/invoices': (account, { params, path }) => {
    const list = listOf(
      account.store
        .all('invoice')
        .reverse()
        .filter(
          (it) =>
            (params.customer === undefined || it.customer === params.customer) &&
            (params.status === undefined || it.status === params.status) &&
            (params.subscription === undefined ||
              it.parent?.subscription_details?.subscription === params.subscription) &&
            (params.collection_method === undefined ||
              it.collection_method === params.collection_method) &&
            within(it.created, params.created),
        ),
      params,
      path,
    );
    for (const invoice of list.data) refreshDraft(account, invoice);
    return list;
  },
  'POST /v1/invoices/create_preview': (account, { params }) => {
    const subscription = params.subscription
      ? account.need('subscription', params.subscription, 'subscription')
      : undefined;
    if (!subscription) {
      throw invalid(
        'The stand-in previews the next invoice of a subscription; name one.',
        'subscription',
        'parameter_missing',
      );
    }
    if (params.customer !== undefined && params.customer !== subscription.customer) {
      throw invalid('The subscription does not belong to the customer.', 'subscription');
    }
    if (subscription.status === 'canceled') {
      throw invalid('No upcoming invoices for customer', undefined, 'invoice_upcoming_none');
    }
    return previewOf(account, subscription, spansAtEnd(subscription), currentPeriod(subscription));
  },
  'GET /v1/invoices/:id': (account, { id }) => refreshDraft(account, account.need('invoice', id)),
  'POST /v1/invoices/:id': (account, { id, params }) => {
    const invoice = changeable(account, id);
    const before = structuredClone(invoice);
    const drafting = invoice.status === 'draft';
    if (params.auto_advance !== undefined) {
      invoice.auto_advance = params.auto_advance;
      if (drafting) {
        const now = account.now(String(invoice.customer));
        invoice.automatically_finalizes_at = params.auto_advance
          ? (invoice.automatically_finalizes_at ?? now + draftSeconds)
          : null;
      } else if (!params.auto_advance) invoice.next_payment_attempt = null;
    }
    if (params.automatically_finalizes_at !== undefined) {
      if (!drafting) throw notEditable();
      invoice.automatically_finalizes_at = params.automatically_finalizes_at;
    }
    if (params.description !== undefined) {
      if (!drafting) throw notEditable();
      invoice.description = params.description || null;
    }
    if (params.footer !== undefined) {
      if (!drafting) throw notEditable();
      invoice.footer = params.footer || null;
    }
    if (params.default_payment_method !== undefined) {
      invoice.default_payment_method = params.default_payment_method || null;
    }
    invoice.metadata = mergeMetadata(invoice.metadata ?? {}, params.metadata);
    account.store.put('invoice', invoice);
    refreshDraft(account, invoice);
    account.tell('invoice.updated', invoice, String(invoice.customer), before);
    return invoice;
  },
  'DELETE /v1/invoices/:id': (account, { id }) => {
    const invoice = changeable(account, id);
    if (invoice.status !== 'draft') throw notEditable();
    if (invoice.parent?.subscription_details) {
      throw invalid("You can't delete invoices created by subscriptions.");
    }
    account.store.remove('invoice', id);
    account.store.remove('draft', id);
    account.tell('invoice.deleted', invoice, String(invoice.customer));
    return { id, object: 'invoice', deleted: true };
  },
  'GET /v1/invoices/:id/lines': (account, { id, params, path }) =>
    listOf(refreshDraft(account, account.need('invoice', id)).lines.data, params, path),
  'POST /v1/invoices/:id/finalize': (account, { id, params }) => {
    const invoice = changeable(account, id);
    finalize(account, invoice, params.auto_advance ?? invoice.auto_advance ?? false);
    return invoice;
  },
  'POST /v1/invoices/:id/pay': (account, { id, params }) => {
    const invoice = changeable(account, id);
    if (invoice.status === 'paid') {
      throw invalid('Invoice is already paid', undefined, 'invoice_already_paid');
    }
    if (invoice.status === 'draft') finalize(account, invoice, false);
    if (invoice.status !== 'open') {
      throw invalid(`Invoice is ${invoice.status}`, undefined, 'invoice_not_payable');
    }
    if (params.paid_out_of_band) {
      invoice.amount_paid = 0;
      settle(account, invoice, account.now(String(invoice.customer)));
      reinstate(account, invoice);
      return invoice;
    }
    if (!collect(account, invoice, params.payment_method)) {
      throw declinedFailure(account, invoice);
    }
    return invoice;
  },
  'POST /v1/invoices/:id/void': (account, { id }) => {
    const invoice = changeable(account, id);
    if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notEditable();
    invoice.status = 'void';
    invoice.auto_advance = false;
    invoice.next_payment_attempt = null;
    invoice.status_transitions.voided_at = account.now(String(invoice.customer));
    account.store.put('invoice', invoice);
    account.tell('invoice.voided', invoice, String(invoice.customer));
    reinstate(account, invoice);
    return invoice;
  },
  'POST /v1/invoices/:id/mark_uncollectible': (account, { id }) => {
    const invoice = changeable(account, id);
    if (invoice.status !== 'open') throw notEditable();
    invoice.status = 'uncollectible';
    invoice.auto_advance = false;
    invoice.next_payment_attempt = null;
    invoice.status_transitions.marked_uncollectible_at = account.now(String(invoice.customer));
    account.store.put('invoice', invoice);
    account.tell('invoice.marked_uncollectible', invoice, String(invoice.customer));
    return invoice;
  },

  'POST /v1/invoiceitems': (account, { params }) => {
    if (params.customer === undefined) {
      throw invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    }
    account.need('customer', params.customer, 'customer');
    account.mustStandStill(params.customer);
    const invoice = params.invoice ? account.need('invoice', params.invoice, 'invoice') : null;
    if (invoice && invoice.status !== 'draft') throw notEditable();
    if (invoice && invoice.customer !== params.customer) {
      throw invalid('The invoice belongs to another customer.', 'invoice');
    }
    const item = makeItem(account, params.customer, params, invoice);
    account.store.put('invoice item', item);
    account.tell('invoiceitem.created', item, params.customer);
    if (invoice) refreshDraft(account, invoice);
    return item;
  },
  'GET /v1/invoiceitems': (account, { params, path }) =>
    listOf(
      account.store
        .all('invoice item')
        .reverse()
        .filter(
          (it) =>
            (params.customer === undefined || it.customer === params.customer) &&
            (params.invoice === undefined || it.invoice === params.invoice) &&
            (params.pending === undefined || (it.invoice === null) === params.pending) &&
            within(it.date, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/invoiceitems/:id': (account, { id }) => account.need('invoice item', id),
  'DELETE /v1/invoiceitems/:id': (account, { id }) => {
    const item = account.need('invoice item', id);
    const invoice = item.invoice ? account.store.get('invoice', String(item.invoice)) : undefined;
    if (invoice && invoice.status !== 'draft') throw notEditable();
    account.mustStandStill(String(item.customer));
    account.store.remove('invoice item', id);
    if (invoice) refreshDraft(account, invoice);
    account.tell('invoiceitem.deleted', item, String(item.customer));
    return { id, object: 'invoiceitem', deleted: true };
  },
  'GET /v1/invoice_payments': (account, { params, path }) =>
    listOf(
      account.store
        .all('payment')
        .reverse()
        .filter(
          (it) =>
            (params.invoice === undefined || it.invoice === params.invoice) &&
            (params.status === undefined || it.status === params.status),
        ),
      params,
      path,
    ),
  'GET /v1/payment_intents/:id': (account, { id }) => account.need('payment intent', id),
};

function changeable(account: Account, id: string): Stripe.Invoice {
  const invoice = account.need('invoice', id);
  account.mustStandStill(String(invoice.customer));
  return invoice;
}

function notEditable() {
  return invalid(
    "Finalized invoices can't be updated in this way.",
    undefined,
    'invoice_not_editable',
  );
}

function makeItem(
  account: Account,
  customer: string,
  params: Stripe.InvoiceItemCreateParams,
  invoice: Stripe.Invoice | null,
): Stripe.InvoiceItem {
  const now = account.now(customer);
  const price = params.pricing?.price
    ? account.need('price', params.pricing.price, 'pricing[price]')
    : undefined;
  const currency =
    params.currency ?? price?.currency ?? invoice?.currency ?? params.price_data?.currency;
  if (currency === undefined) {
    throw invalid('Missing required param: currency.', 'currency', 'parameter_missing');
  }
  mustKnowCurrency(currency);
  if (invoice && invoice.currency !== currency) {
    throw invalid(
      `You cannot combine currencies on a single invoice: the invoice is in ${invoice.currency}.`,
      'currency',
    );
  }
  const quantity = params.quantity ?? 1;
  const unit = unitOf(params, price);
  if (unit === null && params.amount === undefined) {
    throw invalid('Missing required param: amount.', 'amount', 'parameter_missing');
  }
  const amount =
    unit === null
      ? params.amount!
      : roundToUnit(readDecimal(unit, 'unit_amount_decimal') * BigInt(quantity));
  return {
    id: newId('ii'),
    object: 'invoiceitem',
    amount,
    currency,
    customer,
    customer_account: null,
    date: now,
    description: params.description ?? null,
    discountable: params.discountable ?? amount >= 0,
    discounts: [],
    invoice: invoice?.id ?? null,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    parent: params.subscription
      ? {
          subscription_details: { subscription: params.subscription },
          type: 'subscription_details',
        }
      : null,
    period: params.period ?? { start: now, end: now },
    pricing: {
      ...(price ? { price_details: { price: price.id, product: String(price.product) } } : {}),
      type: 'price_details',
      unit_amount_decimal: asDecimal(unit ?? writeDecimal(readDecimal(amount, 'amount'))),
    },
    proration: false,
    quantity,
    quantity_decimal: asDecimal(String(quantity)),
    tax_rates: [],
    test_clock: (account.store.get('customer', customer)?.test_clock as string | null) ?? null,
  };
}

function unitOf(
  params: Stripe.InvoiceItemCreateParams,
  price: Stripe.Price | undefined,
): string | null {
  if (params.amount !== undefined) return null;
  if (params.unit_amount_decimal !== undefined) return String(params.unit_amount_decimal);
  if (params.price_data) {
    const { unit_amount: whole, unit_amount_decimal: decimal } = params.price_data;
    const given = whole ?? decimal;
    if (given !== undefined) return String(given);
  }
  if (!price) return null;
  if (price.billing_scheme !== 'per_unit') throw missing('price', price.id, 'pricing[price]');
  return decimalText(price.unit_amount_decimal);
}
