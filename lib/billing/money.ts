import { AppError } from '#lib/core/errors.ts';
import { decimalsOf } from './currency.ts';

/**
 * Money without floats. Outside it is decimal text in the currency's main unit ("295.00"); inside,
 * prices are bigints of 10^-15 main units (the finest that Stripe takes: 12 decimals of the
 * smallest unit of a currency that has three), and amounts are bigints of the smallest unit.
 */
const priceScale = 15;

/** Cents of a currency that has cents; whole units of one that has none. */
export type Minor = bigint;

const decimal = /^(-?)(\d{1,18})(?:\.(\d{1,15}))?$/;

/** Reads a price as 10^-15 main units; null for anything but plain decimal text. */
export function parsePrice(text: string): bigint | null {
  const match = decimal.exec(text);
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match as unknown as [string, string, string, string?];
  const value = BigInt(whole + fraction.padEnd(priceScale, '0'));
  return sign === '-' ? -value : value;
}

/** The digits behind the point that a price uses, without trailing zeros. */
export function decimalsUsed(text: string): number {
  return (decimal.exec(text)?.[3] ?? '').replace(/0+$/, '').length;
}

/**
 * Reads an amount; it must be whole in the smallest unit of its currency.
 * @throws AppError `input.invalid` for "abc", "1e3", "1.005" of dollars
 */
export function parseAmount(text: string, currency: string): Minor {
  const price = parsePrice(text);
  const unit = 10n ** BigInt(priceScale - decimalsOf(currency));
  if (price === null || price % unit !== 0n) {
    throw new AppError(
      'input.invalid',
      `"${text}" is no amount of ${currency.toUpperCase()}: it takes a number such as ${formatAmount(29500n, currency)}.`,
    );
  }
  return price / unit;
}

/** 29500 → "295.00" of dollars, "29500" of yen. */
export function formatAmount(minor: Minor, currency: string): string {
  const digits = decimalsOf(currency);
  const sign = minor < 0n ? '-' : '';
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** What so many units cost, rounded half up to the smallest unit. */
export function priceOf(quantity: number, unitPrice: bigint, currency: string): Minor {
  return divideHalfUp(
    BigInt(quantity) * unitPrice,
    10n ** BigInt(priceScale - decimalsOf(currency)),
  );
}

/** `unit_amount_decimal` as Stripe wants it: the smallest unit, up to 12 decimals. */
export function priceInMinor(unitPrice: bigint, currency: string): string {
  const digits = priceScale - decimalsOf(currency);
  const text = unitPrice.toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return text.slice(0, -digits) + (fraction === '' ? '' : `.${fraction}`);
}

/** Half away from zero, as invoices round. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n ? -1n : 1n;
  return (sign * (2n * sign * numerator + denominator)) / (2n * denominator);
}

export function divideUp(numerator: bigint, denominator: bigint): bigint {
  return numerator <= 0n ? 0n : (numerator + denominator - 1n) / denominator;
}

/**
 * Splits a total in proportion to weights so that the parts sum to it exactly: everybody gets the
 * whole part, and the units left over go to the largest remainders. Of equal remainders the earlier
 * one wins, so callers sort by something that does not change. No weight at all: nobody gets any.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (sum === 0n) return weights.map(() => 0n);
  const sign = total < 0n ? -1n : 1n;
  const size = sign * total;
  const parts = weights.map((weight) => (size * weight) / sum);
  let left = size - parts.reduce((all, part) => all + part, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % sum }))
    .sort((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1,
    );
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index]! += 1n;
    left--;
  }
  return parts.map((part) => sign * part);
}

/** Amounts together. */
export function sumAmounts(amounts: readonly string[], currency: string): string {
  return formatAmount(
    amounts.reduce((all, amount) => all + parseAmount(amount, currency), 0n),
    currency,
  );
}

export function negative(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

export function isZero(amount: string, currency: string): boolean {
  return parseAmount(amount, currency) === 0n;
}
