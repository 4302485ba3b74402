import type Stripe from 'stripe';
import { invalid } from '../http/failures.ts';

/** Amounts with at most twelve decimals of the smallest unit, as whole numbers of the last of them. */
const scale = 12;
const one = 10n ** BigInt(scale);

/** Reads `250.5` smallest units; more decimals than Stripe keeps are refused. */
export function readDecimal(text: string | number, param: string): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,12}))?$/.exec(String(text));
  if (!match) throw invalid(`Invalid decimal: ${text}`, param);
  const [, sign, whole, fraction = ''] = match;
  const value = BigInt(whole!) * one + BigInt(fraction.padEnd(scale, '0'));
  return sign ? -value : value;
}

/** The shortest way to write it. */
export function writeDecimal(value: bigint): string {
  const positive = value < 0n ? -value : value;
  const fraction = String(positive % one)
    .padStart(scale, '0')
    .replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${positive / one}${fraction ? `.${fraction}` : ''}`;
}

/** The same as a whole number, where it is one. */
export function wholeAmount(text: string): number | null {
  return text.includes('.') ? null : Number(text);
}

/** Half away from zero, once for a line. */
export function roundToUnit(value: bigint): number {
  const positive = value < 0n ? -value : value;
  const rounded = Number((positive + one / 2n) / one);
  return value < 0n && rounded > 0 ? -rounded : rounded;
}

/** On the wire decimals are text; the types are of what the client makes of them. */
export function asDecimal(text: string): Stripe.Decimal {
  return text as unknown as Stripe.Decimal;
}

export function decimalText(value: Stripe.Decimal | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** One part of what a price makes of a quantity; each becomes a line of an invoice. */
export interface PricedPart {
  quantity: number;
  /** Null for a flat fee. */
  unitAmount: string | null;
  amount: number;
  /** From 1; null for a price without tiers. */
  tier: number | null;
}

/** What a quantity costs: one part for a plain price, one for each tier and each flat fee of a tiered one. */
export function priceQuantity(price: Stripe.Price, quantity: number): PricedPart[] {
  const part = (units: number, unit: string, tier: number | null): PricedPart => ({
    quantity: units,
    unitAmount: unit,
    amount: roundToUnit(readDecimal(unit, 'unit_amount_decimal') * BigInt(units)),
    tier,
  });
  const flat = (it: Stripe.Price.Tier, tier: number): PricedPart[] => {
    const text = decimalText(it.flat_amount_decimal);
    if (text === null) return [];
    const amount = roundToUnit(readDecimal(text, 'flat_amount_decimal'));
    return amount === 0 ? [] : [{ quantity: 0, unitAmount: null, amount, tier }];
  };
  if (price.billing_scheme !== 'tiered') {
    const divided = price.transform_quantity;
    const units = divided
      ? Math[divided.round === 'up' ? 'ceil' : 'floor'](quantity / divided.divide_by)
      : quantity;
    return [part(units, decimalText(price.unit_amount_decimal) ?? '0', null)];
  }
  const tiers = price.tiers ?? [];
  if (price.tiers_mode === 'volume') {
    const found = tiers.findIndex((tier) => tier.up_to === null || quantity <= tier.up_to);
    const at = found < 0 ? tiers.length - 1 : found;
    const tier = tiers[at]!;
    return [
      part(quantity, decimalText(tier.unit_amount_decimal) ?? '0', at + 1),
      ...flat(tier, at + 1),
    ];
  }
  const parts: PricedPart[] = [];
  let from = 0;
  for (const [index, tier] of tiers.entries()) {
    const end = tier.up_to ?? Number.POSITIVE_INFINITY;
    const units = Math.max(0, Math.min(quantity, end) - from);
    // The first tier is always told, so that a month without use has a line.
    if (units > 0 || index === 0) {
      parts.push(part(units, decimalText(tier.unit_amount_decimal) ?? '0', index + 1));
      parts.push(...flat(tier, index + 1));
    }
    from = end;
  }
  return parts;
}
