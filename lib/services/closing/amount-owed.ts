import type { Transaction } from '#db/client.ts';
import type { Period } from '#lib/billing/days.ts';
import { isZero, negative, sumAmounts } from '#lib/billing/money.ts';
import { dimensions } from '#lib/billing/plan.ts';
import type { Rating } from '#lib/billing/rate.ts';
import { AppError } from '#lib/core/errors.ts';
import { adjustmentsBooked } from '../billing/adjust.ts';
import { creditsBooked } from '../billing/credits-store.ts';
import { findInvoice } from '../billing/invoices-store.ts';
import { type AccountKey, findPeriod, listPeriods, planVersion } from '../billing/store.ts';
import { linesOf } from '../billing/view.ts';
import { billedElsewhere } from './invoices-of-month.ts';
import { findClosing } from './store.ts';

/**
 * What the invoice of a closed month has to come to, and of what: the month itself, corrections of those
 * before it, what was given back, and what earlier invoices lacked or other ones billed already.
 */
export async function amountOwed(tx: Transaction, key: AccountKey, period: Period) {
  const closed = await findPeriod(tx, key, period);
  if (closed === undefined) throw new AppError('conflict', 'This month is not closed yet.');
  const rating = closed.quantities as Rating;
  const { currency } = rating;
  const version = await planVersion(tx, closed.planId, closed.planVersion);
  const booked = await adjustmentsBooked(tx, key, period);
  const adjustments = sumOf(booked, currency);
  const given = await creditsBooked(tx, key, period);
  const credits = given.filter((row) => row.currency === currency);
  const credited = negative(sumOf(credits, currency));
  const { amount: carried, foreign } = await carriedInto(tx, key, period, currency);
  const closing = await findClosing(tx, key, period);
  const elsewhere = await billedElsewhere(tx, key, period, {
    currency,
    invoiceId: closing?.invoiceId ?? null,
  });
  return {
    closed,
    rating,
    currency,
    billed: dimensions.filter((dimension) => version?.terms.prices[dimension] !== undefined),
    minimum: rating.minimum?.amount ?? sumAmounts([], currency),
    adjustments,
    months: [...new Set(booked.map((row) => row.period))].sort(),
    credits,
    /** All of them, below zero. */
    credited,
    carried,
    elsewhere,
    /** What belongs on this invoice and cannot be on it, since it is in another currency. */
    foreign: [...foreignOf([...booked, ...given], currency), ...foreign],
    total: sumAmounts([closed.amount, adjustments, credited, carried, elsewhere], currency),
  };
}

interface Money {
  amount: string;
  currency: string;
}

function foreignOf(rows: readonly Money[], currency: string): Money[] {
  return rows
    .filter((row) => row.currency !== currency && !isZero(row.amount, row.currency))
    .map((row) => ({ amount: row.amount, currency: row.currency }));
}

/** Why a month is held that owes, or is owed, something in another currency than its invoice's. */
export function otherCurrency(foreign: readonly Money[]): string {
  const currencies = [...new Set(foreign.map(({ currency }) => currency))].sort();
  const sums = currencies.map(
    (currency) => `${sumOf(foreign, currency)} ${currency.toUpperCase()}`,
  );
  return `Corrections or credits of ${sums.join(' and ')} belong on this invoice, which is in another currency. Nothing is charged. Settle them by hand, send the invoice from Stripe, and write the month off here.`;
}

function sumOf(rows: readonly Money[], currency: string): string {
  return sumAmounts(
    rows.filter((row) => row.currency === currency).map(({ amount }) => amount),
    currency,
  );
}

/**
 * What the invoice of the month before lacked, or had too much: it was final before it could be
 * held, as after Holdfast was away for hours on the first of a month. That invoice may itself have
 * had to carry something, and so on: nothing is left behind on the way.
 */
async function carriedInto(
  tx: Transaction,
  key: AccountKey,
  period: Period,
  currency: string,
): Promise<{ amount: string; foreign: Money[] }> {
  const nothing = { amount: sumAmounts([], currency), foreign: [] };
  const before = (await listPeriods(tx, key)).filter((row) => row.period < period).at(-1);
  const closing = before && (await findClosing(tx, key, before.period));
  if (before === undefined || closing === undefined) return nothing;
  if (closing.step === 'written-off') return nothing;
  const credits = await creditsBooked(tx, key, before.period);
  const credited = negative(sumOf(credits, currency));
  // A month without an invoice hands on what it could not carry.
  if (closing.invoiceId === null) {
    const older = await carriedInto(tx, key, before.period, currency);
    return {
      amount: sumAmounts([credited, older.amount], currency),
      foreign: [...foreignOf(credits, currency), ...older.foreign],
    };
  }
  const invoice = await findInvoice(tx, key.mspId, closing.invoiceId);
  if (closing.state !== 'finalised' && invoice !== undefined && invoice.status !== 'draft') {
    throw new AppError('conflict', `What the invoice of ${before.period} lacks is not known yet.`, {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  if (closing.step !== 'carried') return nothing;
  if (invoice === undefined || invoice.status === 'void') return nothing;
  // Worked out in the currency of that invoice; on this one it fits where that is the same.
  const of = invoice.currency;
  const expected = sumAmounts(
    [
      before.amount,
      sumOf(await adjustmentsBooked(tx, key, before.period), of),
      negative(sumOf(credits, of)),
      (await carriedInto(tx, key, before.period, of)).amount,
      await billedElsewhere(tx, key, before.period, { currency: of, invoiceId: closing.invoiceId }),
    ],
    of,
  );
  const billed = sumAmounts(
    linesOf(invoice).map(({ amount }) => amount),
    of,
  );
  const lacked = { amount: sumAmounts([expected, negative(billed)], of), currency: of };
  return of === currency
    ? { amount: lacked.amount, foreign: [] }
    : { amount: nothing.amount, foreign: foreignOf([lacked], currency) };
}
