import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { reinstate } from '../billing/collect.ts';
import { settle } from '../billing/settle.ts';
import { invalid } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

/** What takes back a part of an invoice that is final. */
export const credit: Handlers = {
  'POST /v1/credit_notes': (account, { params }) => {
    const invoice = account.need('invoice', params.invoice, 'invoice');
    const customer = String(invoice.customer);
    account.mustStandStill(customer);
    if (invoice.status !== 'open' && invoice.status !== 'paid') {
      throw invalid('You can only create a credit note for an open or paid invoice.', 'invoice');
    }
    const amount = params.amount ?? sumOfLines(params.lines);
    const left =
      invoice.total -
      invoice.pre_payment_credit_notes_amount -
      invoice.post_payment_credit_notes_amount;
    if (amount <= 0 || amount > left) {
      throw invalid(
        `The sum of credit amount, refund amount and out of band amount must be positive and at most ${left}.`,
        'amount',
      );
    }
    const before = invoice.status === 'open';
    const number = account.store
      .all('credit note')
      .filter((it) => it.invoice === invoice.id).length;
    const note = makeNote(account, invoice, params, amount, before, number + 1);
    if (before) {
      invoice.pre_payment_credit_notes_amount += amount;
      invoice.amount_due = Math.max(0, invoice.amount_due - amount);
      invoice.amount_remaining = invoice.amount_due;
      if (invoice.amount_due === 0) {
        settle(account, invoice, account.now(customer));
        reinstate(account, invoice);
      }
    } else {
      invoice.post_payment_credit_notes_amount += amount;
      const toBalance = params.credit_amount ?? 0;
      if (toBalance > 0) {
        const owner = account.need('customer', customer);
        owner.balance -= toBalance;
        account.store.put('customer', owner);
      }
      if (params.refund_amount) {
        const refund = makeRefund(account, invoice, params.refund_amount);
        note.refunds = [
          {
            amount_refunded: refund.amount,
            payment_record_refund: null,
            refund: refund.id,
            type: 'refund',
          },
        ];
      }
    }
    account.store.put('invoice', invoice);
    account.store.put('credit note', note);
    account.tell('credit_note.created', note, customer);
    account.tell('invoice.updated', invoice, customer);
    return note;
  },
  'GET /v1/credit_notes': (account, { params, path }) =>
    listOf(
      account.store
        .all('credit note')
        .reverse()
        .filter(
          (it) =>
            (params.invoice === undefined || it.invoice === params.invoice) &&
            (params.customer === undefined || it.customer === params.customer) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/credit_notes/:id': (account, { id }) => account.need('credit note', id),

  'POST /v1/refunds': (account, { params }) => {
    if (params.payment_intent === undefined) {
      throw invalid(
        'The stand-in refunds payment intents; name one.',
        'payment_intent',
        'parameter_missing',
      );
    }
    const intent = account.need('payment intent', params.payment_intent, 'payment_intent');
    const invoice = account.store
      .all('invoice')
      .find((it) => it.payments?.data.some((one) => one.payment.payment_intent === intent.id));
    if (intent.status !== 'succeeded' || !invoice) {
      throw invalid('This payment has no successful charge to refund.', 'payment_intent');
    }
    return makeRefund(account, invoice, params.amount ?? intent.amount, params);
  },
  'GET /v1/refunds': (account, { params, path }) =>
    listOf(
      account.store
        .all('refund')
        .reverse()
        .filter(
          (it) =>
            params.payment_intent === undefined || it.payment_intent === params.payment_intent,
        ),
      params,
      path,
    ),
  'GET /v1/refunds/:id': (account, { id }) => account.need('refund', id),
};

function sumOfLines(lines: Stripe.CreditNoteCreateParams['lines']): number {
  return (lines ?? []).reduce((sum, line) => {
    const { amount, unit_amount: unit, quantity } = line;
    return sum + (amount ?? (unit ?? 0) * (quantity ?? 1));
  }, 0);
}

function makeNote(
  account: Account,
  invoice: Stripe.Invoice,
  params: Stripe.CreditNoteCreateParams,
  amount: number,
  before: boolean,
  number: number,
): Stripe.CreditNote {
  const id = newId('cn');
  const now = account.now(String(invoice.customer));
  return {
    id,
    object: 'credit_note',
    amount,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: String(invoice.customer),
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: now,
    invoice: invoice.id,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/credit_notes/${id}/lines` },
    livemode: false,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
    number: `${invoice.number}-CN-${String(number).padStart(2, '0')}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `${account.base}/i/${invoice.id}/pdf`,
    post_payment_amount: before ? 0 : amount,
    pre_payment_amount: before ? amount : 0,
    pretax_credit_amounts: [],
    reason: params.reason ?? null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: before ? 'pre_payment' : 'post_payment',
    voided_at: null,
  };
}

function makeRefund(
  account: Account,
  invoice: Stripe.Invoice,
  amount: number,
  params: Stripe.RefundCreateParams = {},
): Stripe.Refund {
  const intent = invoice.payments!.data.find((it) => it.status === 'paid')?.payment.payment_intent;
  const refunded = account.store
    .all('refund')
    .filter((it) => it.payment_intent === intent)
    .reduce((sum, it) => sum + it.amount, 0);
  if (amount <= 0 || refunded + amount > invoice.amount_paid) {
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${invoice.amount_paid - refunded})`,
      'amount',
    );
  }
  const refund: Stripe.Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: null,
    created: account.now(String(invoice.customer)),
    currency: invoice.currency,
    customer: String(invoice.customer),
    customer_account: null,
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: String(intent),
    payment_method: null,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  account.store.put('refund', refund);
  account.tell('refund.created', refund, String(invoice.customer));
  return refund;
}
