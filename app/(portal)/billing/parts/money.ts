import { decimalsOf, isCurrency } from '#lib/billing/currency.ts';
import { divideHalfUp } from '#lib/billing/money.ts';
import { type Fraction, formatFraction } from '#lib/billing/rate.ts';
import { formatBytes } from '#lib/core/bytes.ts';

/** €12,442.67 of "12442.67" and "eur". Text all the way: no float ever holds an amount. */
export function money(amount: string, currency: string): string {
  return write(amount, currency, digitsOf(currency));
}

/** As `money`, with every decimal that a price has: €0.0315. */
export function unitPrice(price: string, currency: string): string {
  const used = (price.split('.')[1] ?? '').replace(/0+$/, '').length;
  return write(price, currency, Math.max(digitsOf(currency), used));
}

/** A difference says which way it goes: +€3.00, −€3.00, and €0.00. */
export function difference(amount: string, currency: string): string {
  if (/^-?0(\.0*)?$/.test(amount)) return money(amount.replace('-', ''), currency);
  const size = money(amount.replace('-', ''), currency);
  return amount.startsWith('-') ? `−${size}` : `+${size}`;
}

/** 4,810.23 of an exact number. */
export function decimal(fraction: Fraction, digits: number): string {
  return grouped(formatFraction(fraction, digits));
}

/** 4,810.23 of "4810.23". */
export function grouped(text: string): string {
  const [whole = '0', rest] = text.split('.');
  const head = BigInt(whole).toLocaleString('en-US');
  return rest === undefined ? head : `${head}.${rest}`;
}

const gib = 1n << 30n;

/** Byte-days, or bytes, as GiB with two digits. */
export function inGib(bytes: string | number): string {
  const scaled = divideHalfUp(BigInt(bytes) * 100n, gib)
    .toString()
    .padStart(3, '0');
  return grouped(`${scaled.slice(0, -2)}.${scaled.slice(-2)}`);
}

/** 1.40 GiB, the unit of the price; what would read as none of it in the unit that fits. */
export function storedSize(bytes: number): string {
  const size = inGib(bytes);
  return size === '0.00' && bytes > 0 ? formatBytes(bytes) : `${size} GiB`;
}

function digitsOf(currency: string): number {
  return isCurrency(currency) ? decimalsOf(currency) : 2;
}

function write(text: string, currency: string, digits: number): string {
  try {
    return new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
      .format(text as Intl.StringNumericLiteral)
      .replace(/^-/, '−');
  } catch {
    // A code that no currency has, which a plan of the operator's may name by mistake.
    return `${grouped(text)} ${currency.toUpperCase()}`;
  }
}
