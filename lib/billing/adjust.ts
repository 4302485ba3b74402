import type { Period } from './days.ts';
import { formatAmount, parseAmount } from './money.ts';
import { type Dimension, dimensions } from './plan.ts';
import type { Rating } from './rate.ts';

/** A line of a closed period as it was billed, its later adjustments in it. */
export interface BilledLine {
  dimension: Dimension | 'minimum';
  quantity: number;
  amount: string;
  customers: { tenantId: string; quantity: number; amount: string }[];
}

/** What late data changes of a closed period; booked into the next open one. */
export interface Adjustment extends BilledLine {
  /** The closed period that it corrects. Quantities and amounts are signed differences. */
  period: Period;
}

const lineNames = [...dimensions, 'minimum'] as const;

/** What a rating bills, line by line. */
export function billedLines(rating: Rating): BilledLine[] {
  const lines: BilledLine[] = rating.lines.map(({ dimension, quantity, amount, shares }) => ({
    dimension,
    quantity,
    amount,
    customers: shares.map((share) => ({
      tenantId: share.tenantId,
      quantity: share.quantity,
      amount: share.amount,
    })),
  }));
  if (rating.minimum !== null) {
    lines.push({
      dimension: 'minimum',
      quantity: 0,
      amount: rating.minimum.amount,
      customers: rating.minimum.shares.map((share) => ({ ...share, quantity: 0 })),
    });
  }
  return lines;
}

/**
 * The difference between what was billed for a closed period and what it comes to now. Only lines
 * that differ; `billed` and the adjustments together are `now`, to the unit and cent, see `applied`.
 */
export function adjust(
  period: Period,
  currency: string,
  billed: readonly BilledLine[],
  now: readonly BilledLine[],
): Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const dimension of lineNames) {
    const before = billed.find((line) => line.dimension === dimension);
    const after = now.find((line) => line.dimension === dimension);
    const customers = combine(currency, before?.customers ?? [], after?.customers ?? [], -1);
    const quantity = (after?.quantity ?? 0) - (before?.quantity ?? 0);
    const amount = sum(currency, after?.amount ?? '0', before?.amount ?? '0', -1);
    if (quantity !== 0 || !isZero(amount) || customers.length > 0) {
      adjustments.push({ period, dimension, quantity, amount, customers });
    }
  }
  return adjustments;
}

/** What a closed period has been billed at, once its adjustments are. */
export function applied(
  currency: string,
  billed: readonly BilledLine[],
  adjustments: readonly Adjustment[],
): BilledLine[] {
  let lines = [...billed];
  for (const { period: _, ...change } of adjustments) {
    const known = lines.find((line) => line.dimension === change.dimension);
    const next: BilledLine = {
      dimension: change.dimension,
      quantity: (known?.quantity ?? 0) + change.quantity,
      amount: sum(currency, known?.amount ?? '0', change.amount, 1),
      customers: combine(currency, change.customers, known?.customers ?? [], 1),
    };
    lines = [...lines.filter((line) => line.dimension !== change.dimension), next];
  }
  return lines.sort((a, b) => lineNames.indexOf(a.dimension) - lineNames.indexOf(b.dimension));
}

/** What adjustments come to together; signed. */
export function adjustmentTotal(currency: string, adjustments: readonly Adjustment[]): string {
  return adjustments.reduce(
    (all, { amount }) => sum(currency, all, amount, 1),
    sum(currency, '0', '0', 1),
  );
}

/** `second + sign * first`, customer by customer, without those at nothing; in order of their ids. */
function combine(
  currency: string,
  first: BilledLine['customers'],
  second: BilledLine['customers'],
  sign: 1 | -1,
): BilledLine['customers'] {
  const totals = new Map(second.map((customer) => [customer.tenantId, customer]));
  for (const { tenantId, quantity, amount } of first) {
    const known = totals.get(tenantId);
    totals.set(tenantId, {
      tenantId,
      quantity: (known?.quantity ?? 0) + sign * quantity,
      amount: sum(currency, known?.amount ?? '0', amount, sign),
    });
  }
  return [...totals.values()]
    .filter(({ quantity, amount }) => quantity !== 0 || !isZero(amount))
    .sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
}

function sum(currency: string, a: string, b: string, sign: 1 | -1): string {
  return formatAmount(parseAmount(a, currency) + BigInt(sign) * parseAmount(b, currency), currency);
}

function isZero(amount: string): boolean {
  return /^-?0(\.0*)?$/.test(amount);
}
