import type { Period } from './days.ts';
import type { MeterEvent } from './meter-event.ts';
import type { Dimension, PlanVersion } from './plan.ts';

/**
 * Where usage becomes invoices: Stripe, behind one interface. The ledger is the truth and this its
 * projection, so every method can be called twice: the same input finds what it made the first time.
 * Amounts are decimal text in the currency's main unit. Failures are AppErrors with a sentence for
 * people; `retryable` says whether waiting helps.
 */
export interface BillingSink {
  /** Meters, products and prices of a version of a plan; finds them again by their lookup keys. */
  ensureCatalogue(plan: PlanVersion & { name: string }): Promise<Catalogue>;
  /** The customer of an account, found again by the account's id. */
  ensureCustomer(input: CustomerInput): Promise<{ customerId: string }>;
  /**
   * A page of the sink's own on which somebody subscribes and leaves a way to pay. A customer has one
   * that is open: whoever asks finds it, and others that were open are closed.
   */
  checkout(input: CheckoutInput): Promise<{ sessionId: string; url: string }>;
  readCheckout(sessionId: string): Promise<CheckoutView>;
  /** Subscribes without a page, for demonstrations and tests. A subscription that runs is found again. */
  subscribe(input: SubscribeInput): Promise<SubscriptionView>;
  /** A page of the sink's own for cards, addresses, tax ids and past invoices. */
  portal(input: { customerId: string; returnUrl: string }): Promise<{ url: string }>;
  readSubscription(subscriptionId: string): Promise<SubscriptionView>;
  /** Newest first; what a lost notice would have told. */
  listSubscriptions(customerId: string): Promise<SubscriptionView[]>;
  /** Ends it now or with its period. What was used until then is still invoiced, unless told not to. */
  cancelSubscription(input: {
    subscriptionId: string;
    when: 'now' | 'period-end';
    /** It counted what another one bills. */
    uninvoiced?: boolean;
  }): Promise<SubscriptionView>;
  /** Other prices for the same subscription. Only while nothing of the running period is billed yet. */
  changePrices(input: {
    subscriptionId: string;
    catalogue: Catalogue;
    key: string;
  }): Promise<SubscriptionView>;

  /** One at a time for a customer and dimension. Accepted is not recorded: see `readSummaries`. */
  pushMeterEvent(input: { customerId: string; event: MeterEvent }): Promise<void>;
  /** What the meters show for a period, and null where they have seen nothing of it. */
  readSummaries(input: {
    customerId: string;
    catalogue: Catalogue;
    period: Period;
  }): Promise<Record<Dimension, number | null>>;

  /** The invoice as it would be now. */
  preview(input: { customerId: string; subscriptionId: string }): Promise<InvoiceView>;
  /** Newest first, those created since, or all that are in a state. */
  listInvoices(input: {
    customerId: string;
    since?: Date;
    state?: InvoiceView['state'];
  }): Promise<InvoiceView[]>;
  readInvoice(invoiceId: string): Promise<InvoiceView>;
  /** Keeps a draft from going out by itself. No effect on one that is final. */
  holdDraft(invoiceId: string): Promise<InvoiceView>;
  /** Adds a line to a draft: the top-up to a minimum, an adjustment of a closed period, a credit. */
  addItem(input: ItemInput): Promise<{ itemId: string }>;
  /** Writes links and hashes on a draft or final invoice. */
  annotate(invoiceId: string, metadata: Record<string, string>): Promise<void>;
  finalise(invoiceId: string): Promise<InvoiceView>;
  /** Tries to collect a final invoice now. */
  pay(invoiceId: string): Promise<InvoiceView>;
  /**
   * Gives money back for a final invoice; its lines stay as they were.
   * @throws AppError `source.refused` with the sink's own words, where it never will
   */
  credit(input: CreditInput): Promise<{ creditId: string }>;

  /**
   * Checks the signature of a notice and says what it is about. Its contents are never trusted:
   * whoever receives it reads the object again.
   * @throws AppError `forbidden` for a wrong signature, `expired` for one older than five minutes
   */
  parseNotice(input: { body: string; signature: string | null; now?: Date }): Notice;
  /** What went wrong with meter events, told by a `meter-error` notice. */
  readMeterErrors(noticeId: string): Promise<MeterErrors>;
  /** Notices that were sent since, oldest first, for those that got lost on the way. */
  listNotices(input: { since: Date }): Promise<Notice[]>;

  /** A clock of its own on which customers' months pass when somebody says so. Not in live mode. */
  createClock(input: { key: string; name: string; at: Date }): Promise<ClockView>;
  readClock(clockId: string): Promise<ClockView>;
  /** Starts moving it; `readClock` says when it has arrived. At most two periods at a time. */
  advanceClock(input: { clockId: string; to: Date }): Promise<ClockView>;
}

/** What the sink knows of a version of a plan. */
export interface Catalogue {
  planId: string;
  version: number;
  items: Record<Dimension, CatalogueItem | null>;
}

export interface CatalogueItem {
  meterId: string;
  /** The name that meter events carry. */
  eventName: string;
  priceId: string;
}

export interface CustomerInput {
  accountId: string;
  name: string;
  email: string | null;
  /** The test clock it lives on, if any. Cannot be changed later. */
  clockId: string | null;
  /** Shown by the sink's own pages and exports. */
  metadata?: Record<string, string>;
}

export interface CheckoutInput {
  accountId: string;
  customerId: string;
  catalogue: Catalogue;
  successUrl: string;
  cancelUrl: string;
  /** One attempt to subscribe: the same key finds the same page. */
  key: string;
}

export interface SubscribeInput {
  accountId: string;
  customerId: string;
  catalogue: Catalogue;
  key: string;
  /** Gives the customer a test card first, one that always pays. Refused in live mode. */
  testCard: boolean;
}

export interface CheckoutView {
  sessionId: string;
  state: 'open' | 'complete' | 'expired';
  /** Only while it is open. */
  url: string | null;
  subscriptionId: string | null;
}

export interface SubscriptionView {
  subscriptionId: string;
  customerId: string;
  /** The account that it was made for; null where somebody made it by hand. */
  accountId: string | null;
  state: 'active' | 'past-due' | 'unpaid' | 'incomplete' | 'paused' | 'ended';
  startedAt: Date;
  endsAt: Date | null;
  /** Subscription item and price by dimension. */
  items: Partial<Record<Dimension, { itemId: string; priceId: string }>>;
  currentPeriod: { start: Date; end: Date } | null;
}

export interface InvoiceView {
  /** Empty for a preview. */
  invoiceId: string;
  number: string | null;
  customerId: string;
  subscriptionId: string | null;
  state: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
  /** Whether it will go out by itself. */
  advances: boolean;
  currency: string;
  /** The month that its metered lines bill; null where it has none. */
  period: Period | null;
  createdAt: Date;
  finalisedAt: Date | null;
  dueAt: Date | null;
  /** Why it was made: a period's end, a subscription's first day, by hand. */
  reason: string | null;
  lines: InvoiceLine[];
  subtotal: string;
  tax: string;
  total: string;
  amountDue: string;
  amountPaid: string;
  attempts: number;
  nextAttemptAt: Date | null;
  /** Pages of the sink's own, once it is final. */
  hostedUrl: string | null;
  pdfUrl: string | null;
  metadata: Record<string, string>;
}

export interface InvoiceLine {
  lineId: string;
  /** Set for metered lines; a tiered price makes one line a step. */
  dimension: Dimension | null;
  /** Set for what `addItem` added: its key. */
  itemKey: string | null;
  description: string;
  quantity: number;
  amount: string;
  priceId: string | null;
}

export interface ItemInput {
  customerId: string;
  invoiceId: string;
  currency: string;
  /** May be negative. */
  amount: string;
  description: string;
  /** What it is for, forever unique: the same key never adds twice. */
  key: string;
  metadata?: Record<string, string>;
}

export interface CreditInput {
  invoiceId: string;
  amount: string;
  currency: string;
  /** Back to the way it was paid, or off the next invoice. */
  to: 'refund' | 'balance';
  memo: string;
  key: string;
}

/** What a notice is about. Only ids and kinds: the object is read again. */
export type Notice = {
  noticeId: string;
  /** The sink's own name, such as `invoice.created`. */
  type: string;
  createdAt: Date;
  customerId: string | null;
} & (
  | { about: 'invoice'; invoiceId: string }
  | { about: 'subscription'; subscriptionId: string }
  | { about: 'checkout'; sessionId: string }
  | { about: 'customer'; customerId: string }
  | { about: 'meter-error' }
  | { about: 'clock'; clockId: string }
  | { about: 'nothing' }
);

export interface MeterErrors {
  /** Null where no meter was found for the name of the event. */
  meterId: string | null;
  from: Date;
  to: Date;
  errors: MeterError[];
}

export interface MeterError {
  code: MeterErrorCode;
  count: number;
  samples: { identifier: string | null; message: string }[];
}

/** The documented codes of asynchronous refusals, and `unknown` for a new one. */
export const meterErrorCodes = [
  'archived_meter',
  'meter_event_customer_not_found',
  'meter_event_dimension_count_too_high',
  'meter_event_invalid_value',
  'meter_event_no_customer_defined',
  'meter_event_value_too_many_digits',
  'missing_dimension_payload_keys',
  'no_meter',
  'timestamp_in_future',
  'timestamp_too_far_in_past',
  'unknown',
] as const;
export type MeterErrorCode = (typeof meterErrorCodes)[number];

export interface ClockView {
  clockId: string;
  now: Date;
  state: 'ready' | 'advancing' | 'failed';
}
