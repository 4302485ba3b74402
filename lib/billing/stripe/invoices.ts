import type Stripe from 'stripe';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { periodOf } from '../days.ts';
import { formatAmount, parseAmount } from '../money.ts';
import type { Dimension } from '../plan.ts';
import type { CreditInput, InvoiceLine, InvoiceView, ItemInput } from '../sink.ts';
import { StripeFailure, stripeCall } from './failures.ts';
import { stepKey } from './keys.ts';
import { idOf, moment } from './subscriptions.ts';

type ReadDimension = (priceId: string) => Promise<Dimension | null>;

export async function previewInvoice(
  stripe: Stripe,
  input: { customerId: string; subscriptionId: string },
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const invoice = await stripeCall(() =>
    stripe.invoices.createPreview({
      customer: input.customerId,
      subscription: input.subscriptionId,
    }),
  );
  return { ...(await invoiceView(stripe, invoice, dimensionOf)), invoiceId: '' };
}

export async function readInvoice(
  stripe: Stripe,
  invoiceId: string,
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const invoice = await stripeCall(() => stripe.invoices.retrieve(invoiceId));
  return await invoiceView(stripe, invoice, dimensionOf);
}

export async function listInvoices(
  stripe: Stripe,
  input: { customerId: string; since?: Date; state?: InvoiceView['state'] },
  dimensionOf: ReadDimension,
): Promise<InvoiceView[]> {
  const invoices = await stripeCall(() =>
    stripe.invoices
      .list({
        customer: input.customerId,
        limit: 100,
        ...(input.state === undefined ? {} : { status: input.state }),
        ...(input.since === undefined
          ? {}
          : { created: { gte: Math.floor(input.since.getTime() / 1000) } }),
      })
      .autoPagingToArray({ limit: 1000 }),
  );
  const views: InvoiceView[] = [];
  for (const invoice of invoices) views.push(await invoiceView(stripe, invoice, dimensionOf));
  return views;
}

export async function holdDraft(
  stripe: Stripe,
  invoiceId: string,
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const before = await readInvoice(stripe, invoiceId, dimensionOf);
  if (before.state !== 'draft' || !before.advances) return before;
  const after = await stripeCall(() => stripe.invoices.update(invoiceId, { auto_advance: false }));
  return await invoiceView(stripe, after, dimensionOf);
}

/** Idempotent for ever: the line is looked for by its key before it is added. */
export async function addItem(stripe: Stripe, input: ItemInput): Promise<{ itemId: string }> {
  const invoice = await stripeCall(() => stripe.invoices.retrieve(input.invoiceId));
  const lines = await linesOf(stripe, invoice);
  const there = lines.find((line) => line.metadata?.item_key === input.key);
  if (there !== undefined) {
    return { itemId: there.parent?.invoice_item_details?.invoice_item ?? there.id };
  }
  const contents: Stripe.InvoiceItemCreateParams = {
    customer: input.customerId,
    invoice: input.invoiceId,
    currency: input.currency,
    amount: Number(parseAmount(input.amount, input.currency)),
    description: input.description,
    discountable: false,
    metadata: { ...input.metadata, item_key: input.key },
  };
  const made = await stripeCall(() =>
    stripe.invoiceItems.create(contents, { idempotencyKey: stepKey('item', input.key, contents) }),
  );
  return { itemId: made.id };
}

export async function annotateInvoice(
  stripe: Stripe,
  invoiceId: string,
  metadata: Record<string, string>,
): Promise<void> {
  await stripeCall(() => stripe.invoices.update(invoiceId, { metadata }));
}

export async function finaliseInvoice(
  stripe: Stripe,
  invoiceId: string,
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const before = await readInvoice(stripe, invoiceId, dimensionOf);
  if (before.state !== 'draft') return before;
  // From here on Stripe collects by itself, with its own retries.
  const after = await stripeCall(() =>
    stripe.invoices.finalizeInvoice(
      invoiceId,
      { auto_advance: true },
      { idempotencyKey: stepKey('finalise', invoiceId, before.lines.length) },
    ),
  );
  return await invoiceView(stripe, after, dimensionOf);
}

export async function payInvoice(
  stripe: Stripe,
  invoiceId: string,
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const before = await readInvoice(stripe, invoiceId, dimensionOf);
  if (before.state !== 'open') return before;
  const after = await stripeCall(() => stripe.invoices.pay(invoiceId));
  return await invoiceView(stripe, after, dimensionOf);
}

/** Idempotent for ever: a credit note with the key in its metadata is found again. */
export async function creditInvoice(
  stripe: Stripe,
  input: CreditInput,
): Promise<{ creditId: string }> {
  const notes = await stripeCall(() =>
    stripe.creditNotes.list({ invoice: input.invoiceId, limit: 100 }),
  );
  const there = notes.data.find((note) => note.metadata?.item_key === input.key);
  if (there !== undefined) return { creditId: there.id };
  const invoice = await stripeCall(() => stripe.invoices.retrieve(input.invoiceId));
  const amount = Number(parseAmount(input.amount, input.currency));
  const contents: Stripe.CreditNoteCreateParams = {
    invoice: input.invoiceId,
    amount,
    memo: input.memo,
    metadata: { item_key: input.key },
    // Before it is paid, a credit makes the invoice smaller and no money has to go back.
    ...(invoice.status !== 'paid'
      ? {}
      : input.to === 'refund'
        ? { refund_amount: amount }
        : { credit_amount: amount }),
  };
  const made = await inItsWords(() =>
    stripe.creditNotes.create(contents, { idempotencyKey: stepKey('credit', input.key, contents) }),
  );
  return { creditId: made.id };
}

/** Why money cannot go back, Stripe alone knows: the card is gone, or the payment was disputed. */
async function inItsWords<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await stripeCall(call);
  } catch (err) {
    const words =
      err instanceof StripeFailure && err.cause instanceof Error ? err.cause.message : '';
    if (words === '' || !isAppError(err, 'source.refused')) throw err;
    throw new AppError('source.refused', `Stripe refused: ${words}`, { cause: err });
  }
}

async function linesOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  if (!invoice.lines.has_more) return invoice.lines.data;
  return await stripeCall(() =>
    stripe.invoices.listLineItems(invoice.id, { limit: 100 }).autoPagingToArray({ limit: 10_000 }),
  );
}

async function invoiceView(
  stripe: Stripe,
  invoice: Stripe.Invoice,
  dimensionOf: ReadDimension,
): Promise<InvoiceView> {
  const { currency } = invoice;
  const amount = (minor: number) => formatAmount(BigInt(minor), currency);
  const lines: InvoiceLine[] = [];
  let metered: Date | null = null;
  for (const line of await linesOf(stripe, invoice)) {
    const priceId = idOf(line.pricing?.price_details?.price);
    // Items that we add have a price of their own that is none of a plan.
    const itemKey = line.metadata?.item_key ?? null;
    const dimension = priceId === null || itemKey !== null ? null : await dimensionOf(priceId);
    if (dimension !== null) metered = moment(line.period.start);
    lines.push({
      lineId: line.id,
      dimension,
      itemKey,
      description: line.description ?? '',
      quantity: line.quantity ?? 0,
      amount: amount(line.amount),
      priceId,
    });
  }
  const optional = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : moment(seconds);
  const tax = (invoice.total_taxes ?? []).reduce((all, part) => all + part.amount, 0);
  return {
    invoiceId: invoice.id ?? '',
    number: invoice.number,
    customerId: idOf(invoice.customer) ?? '',
    subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    state: (invoice.status ?? 'draft') as InvoiceView['state'],
    advances: invoice.auto_advance ?? false,
    currency,
    period: metered === null ? null : periodOf(metered.toISOString().slice(0, 10)),
    createdAt: moment(invoice.created),
    finalisedAt: optional(invoice.status_transitions?.finalized_at),
    dueAt: optional(invoice.due_date),
    reason: invoice.billing_reason,
    lines,
    subtotal: amount(invoice.subtotal),
    tax: amount(tax),
    total: amount(invoice.total),
    amountDue: amount(invoice.amount_due),
    amountPaid: amount(invoice.amount_paid),
    attempts: invoice.attempt_count ?? 0,
    nextAttemptAt: optional(invoice.next_payment_attempt),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    metadata: { ...invoice.metadata },
  };
}
