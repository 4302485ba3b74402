import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingInvoices } from '#db/schema/billing.ts';
import { type Period, periodBounds } from '#lib/billing/days.ts';
import { negative, sumAmounts } from '#lib/billing/money.ts';
import type { BillingSink, InvoiceLine, InvoiceView } from '#lib/billing/sink.ts';
import type { AccountKey, AccountRow } from '../billing/store.ts';
import { isOpening } from '../billing/sync-account.ts';
import { linesOf } from '../billing/view.ts';

/** What bills a month: the invoice that is closed, and others that bill some of it as well. */
export interface InvoicesOfMonth {
  /** Null where nothing will bill this month; undefined where Stripe is yet to make it. */
  own: InvoiceView | null | undefined;
  others: InvoiceView[];
}

/**
 * Finds the invoice of a month among all of them. Whoever ended a subscription and made another has
 * two: the one of the subscription that runs bills the whole month, and what the other one bills of
 * it goes out and is taken off again.
 */
export async function invoicesOfMonth(
  sink: BillingSink,
  account: AccountRow,
  period: Period,
): Promise<InvoicesOfMonth> {
  const { start, end } = periodBounds(period);
  const all = (
    await sink.listInvoices({ customerId: account.stripeCustomerId!, since: start })
  ).filter(
    (one) =>
      one.period === period &&
      one.subscriptionId !== null &&
      one.state !== 'void' &&
      !isOpening(one),
  );
  let own = all.find((one) => one.subscriptionId === account.stripeSubscriptionId);
  if (own === undefined) {
    const { state, startedAt } = await sink.readSubscription(account.stripeSubscriptionId!);
    // A subscription that is younger than the month never bills it.
    if (state !== 'ended' && startedAt < end) return { own: undefined, others: [] };
    own = all[0];
  }
  const others: InvoiceView[] = [];
  for (const one of all) {
    if (one.invoiceId === own?.invoiceId) continue;
    others.push(one.state === 'draft' ? await sink.finalise(one.invoiceId) : one);
  }
  return { own: own ?? null, others };
}

/** What other invoices bill of a month already: nothing, or an amount below it. */
export async function billedElsewhere(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period: Period,
  of: { currency: string; invoiceId: string | null },
): Promise<string> {
  const rows = await tx
    .select()
    .from(billingInvoices)
    .where(
      and(
        eq(billingInvoices.mspId, mspId),
        eq(billingInvoices.accountId, accountId),
        eq(billingInvoices.period, period),
        eq(billingInvoices.currency, of.currency),
        inArray(billingInvoices.status, ['open', 'paid', 'uncollectible']),
      ),
    );
  const billed = sumAmounts(
    rows
      .filter(({ id }) => of.invoiceId !== null && id !== of.invoiceId)
      .flatMap((row) => linesOf(row).filter(({ dimension }) => dimension !== null))
      .map(({ amount }) => amount),
    of.currency,
  );
  return negative(billed);
}

/** What an invoice comes to, of all its lines and before taxes. */
export function subtotal({ lines, currency }: { lines: readonly InvoiceLine[]; currency: string }) {
  return sumAmounts(
    lines.map(({ amount }) => amount),
    currency,
  );
}
