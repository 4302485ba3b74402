import { AppError } from '#lib/core/errors.ts';
import type { Period } from './days.ts';
import { formatAmount, type Minor, parseAmount } from './money.ts';
import type { DayCounts } from './observation.ts';
import { type Dimension, dimensions, type PlanTerms } from './plan.ts';
import { type RateOptions, type Rating, rate } from './rate.ts';

/** The same month under two sets of terms. Differences are `proposed` less `current`. */
export interface Simulation {
  current: Rating;
  proposed: Rating;
  lines: {
    dimension: Dimension | 'minimum';
    quantityBefore: number;
    quantityAfter: number;
    before: string;
    after: string;
    difference: string;
  }[];
  /** Those who would pay most more first. */
  customers: { tenantId: string; before: string; after: string; difference: string }[];
  difference: string;
}

/**
 * Rates what really happened in a month under other terms. Trial days stay as they were observed,
 * unless the terms have no trial at all: then they count as protected.
 * @throws AppError `input.invalid` where the two are in different currencies
 */
export function simulate(
  counts: Iterable<DayCounts>,
  terms: { current: PlanTerms; proposed: PlanTerms },
  period: Period,
  options: RateOptions = {},
): Simulation {
  const { currency } = terms.current;
  if (terms.proposed.currency !== currency) {
    throw new AppError(
      'input.invalid',
      `The plan now is in ${currency.toUpperCase()} and the proposed one in ${terms.proposed.currency.toUpperCase()}; amounts of two currencies cannot be compared.`,
    );
  }
  const rows = Array.isArray(counts) ? counts : [...counts];
  const current = rate(rows, terms.current, period, options);
  const proposed = rate(rows, terms.proposed, period, options);
  const read = (text: string): Minor => parseAmount(text, currency);
  const write = (minor: Minor) => formatAmount(minor, currency);

  const lines: Simulation['lines'] = dimensions.map((dimension, index) => {
    const [before, after] = [current.lines[index]!, proposed.lines[index]!];
    return {
      dimension,
      quantityBefore: before.quantity,
      quantityAfter: after.quantity,
      before: before.amount,
      after: after.amount,
      difference: write(read(after.amount) - read(before.amount)),
    };
  });
  if (current.minimum !== null || proposed.minimum !== null) {
    const [before, after] = [current.minimum?.amount ?? '0', proposed.minimum?.amount ?? '0'];
    lines.push({
      dimension: 'minimum',
      quantityBefore: 0,
      quantityAfter: 0,
      before: write(read(before)),
      after: write(read(after)),
      difference: write(read(after) - read(before)),
    });
  }

  const totals = new Map<string, { before: Minor; after: Minor }>();
  for (const [rating, side] of [
    [current, 'before'],
    [proposed, 'after'],
  ] as const) {
    for (const { tenantId, amount } of allShares(rating)) {
      const known = totals.get(tenantId) ?? { before: 0n, after: 0n };
      known[side] += read(amount);
      totals.set(tenantId, known);
    }
  }
  const customers = [...totals]
    .map(([tenantId, { before, after }]) => ({ tenantId, before, after, more: after - before }))
    .sort((a, b) =>
      a.more === b.more ? (a.tenantId < b.tenantId ? -1 : 1) : a.more < b.more ? 1 : -1,
    )
    .map(({ tenantId, before, after, more }) => ({
      tenantId,
      before: write(before),
      after: write(after),
      difference: write(more),
    }));
  const difference = write(read(proposed.total) - read(current.total));
  return { current, proposed, lines, customers, difference };
}

function* allShares(rating: Rating): Generator<{ tenantId: string; amount: string }> {
  for (const line of rating.lines) yield* line.shares;
  if (rating.minimum !== null) yield* rating.minimum.shares;
}
