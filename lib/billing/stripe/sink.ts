import type { BillingSink } from '../sink.ts';
import { dimensionReader, ensureCatalogue } from './catalogue.ts';
import { type StripeAccess, stripeClient } from './client.ts';
import { advanceClock, createClock, readClock } from './clocks.ts';
import { ensureCustomer, openPortal } from './customers.ts';
import {
  addItem,
  annotateInvoice,
  creditInvoice,
  finaliseInvoice,
  holdDraft,
  listInvoices,
  payInvoice,
  previewInvoice,
  readInvoice,
} from './invoices.ts';
import { meterPusher, readMeterErrors, readSummaries } from './meters.ts';
import { listNotices, parseNotice } from './notices.ts';
import {
  cancelSubscription,
  changePrices,
  listSubscriptions,
  openCheckout,
  readCheckout,
  readSubscription,
  subscribe,
} from './subscriptions.ts';

/** Invoices by Stripe. Makes no call until it is asked something. */
export function stripeSink(access: StripeAccess): BillingSink {
  const stripe = stripeClient(access);
  const dimensionOf = dimensionReader(stripe);
  const pushMeterEvent = meterPusher(stripe);
  return {
    ensureCatalogue: (plan) => ensureCatalogue(stripe, plan),
    ensureCustomer: (input) => ensureCustomer(stripe, input),
    checkout: (input) => openCheckout(stripe, input),
    readCheckout: (sessionId) => readCheckout(stripe, sessionId),
    subscribe: (input) => subscribe(stripe, input, dimensionOf),
    portal: (input) => openPortal(stripe, input),
    readSubscription: (id) => readSubscription(stripe, id, dimensionOf),
    listSubscriptions: (customerId) => listSubscriptions(stripe, customerId, dimensionOf),
    cancelSubscription: (input) => cancelSubscription(stripe, input, dimensionOf),
    changePrices: (input) => changePrices(stripe, input, dimensionOf),
    pushMeterEvent,
    readSummaries: (input) => readSummaries(stripe, input),
    preview: (input) => previewInvoice(stripe, input, dimensionOf),
    listInvoices: (input) => listInvoices(stripe, input, dimensionOf),
    readInvoice: (id) => readInvoice(stripe, id, dimensionOf),
    holdDraft: (id) => holdDraft(stripe, id, dimensionOf),
    addItem: (input) => addItem(stripe, input),
    annotate: (id, metadata) => annotateInvoice(stripe, id, metadata),
    finalise: (id) => finaliseInvoice(stripe, id, dimensionOf),
    pay: (id) => payInvoice(stripe, id, dimensionOf),
    credit: (input) => creditInvoice(stripe, input),
    parseNotice: (input) => parseNotice(stripe, access.webhookSecrets, input),
    readMeterErrors: (noticeId) => readMeterErrors(stripe, noticeId),
    listNotices: ({ since }) => listNotices(stripe, since),
    createClock: (input) => createClock(stripe, input),
    readClock: (clockId) => readClock(stripe, clockId),
    advanceClock: (input) => advanceClock(stripe, input),
  };
}
