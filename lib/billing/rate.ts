import { type Day, dayAt, dayIndex, daysIn, type Period, periodOf } from './days.ts';
import {
  allocate,
  divideHalfUp,
  divideUp,
  formatAmount,
  type Minor,
  parseAmount,
} from './money.ts';
import { type DayCounts, type FreeReason, isBilled } from './observation.ts';
import { type Dimension, dimensions, type PlanTerms } from './plan.ts';
import { priceSteps } from './price.ts';

/** An exact number: whole numbers as text, since a month of bytes is more than a float can hold. */
export interface Fraction {
  numerator: string;
  denominator: string;
}

/** What one customer has of a line. */
export interface Share {
  tenantId: string;
  /** Mailbox-days, or byte-days. */
  unitDays: string;
  /** Of the same days as the line's: mailboxes, or GiB. */
  average: Fraction;
  peak: Fraction;
  /** Of the line's quantity and amount; all customers' together are the line, to the unit and cent. */
  quantity: number;
  amount: string;
  firstDay: Day | null;
  lastDay: Day | null;
}

export interface RatedLine {
  dimension: Dimension;
  /** False where the plan has no price: counted and not billed. */
  billed: boolean;
  unitDays: string;
  average: Fraction;
  peak: Fraction;
  peakDay: Day | null;
  atEnd: Fraction;
  /** GiB that the mailboxes brought along and that are off the quantity already. */
  included: number;
  quantity: number;
  steps: {
    upTo: number | null;
    quantity: number;
    unitPrice: string;
    flat: string;
    amount: string;
  }[];
  amount: string;
  shares: Share[];
}

export interface Rating {
  period: Period;
  currency: string;
  aggregation: PlanTerms['aggregation'];
  /** What sums were divided by: the days of the month, or those seen so far (`basis: 'pace'`). */
  divisor: number;
  /** Days that were looked at, from the first that counts to the last that was observed. */
  days: number;
  /** The last observed day that counts; null before the first. */
  through: Day | null;
  lines: RatedLine[];
  /** What is missing to the plan's minimum; null where there is none. */
  minimum: { of: string; amount: string; shares: { tenantId: string; amount: string }[] } | null;
  /** Lines and top-up. */
  total: string;
}

export interface RateOptions {
  /** The first day that counts, where the account began in mid month. Its minimum is in proportion. */
  from?: Day;
  /** Later days are left out: what had accrued by then. */
  through?: Day;
  /**
   * `month` (default): sums over the days of the whole month, so that a running month accrues.
   * `pace`: over the days there are, what the month comes to if it goes on like this.
   */
  basis?: 'month' | 'pace';
}

const gib = 1n << 30n;

/** A customer's month, one number a day. Plain numbers: a day's bytes stay far below 2^53. */
interface Month {
  tenantId: string;
  protected: number[];
  sealed: number[];
  bytes: number[];
}

/** The account's daily totals. */
type Totals = Record<Dimension, bigint[]>;

interface Window {
  /** Index of the first day that counts, and of the last one observed; -1 before the first. */
  first: number;
  last: number;
  divisor: number;
}

const seriesOf: Record<Dimension, 'protected' | 'sealed' | 'bytes'> = {
  'protected-mailboxes': 'protected',
  'sealed-mailboxes': 'sealed',
  'stored-gib': 'bytes',
};

/**
 * What a period's usage comes to under the terms of a plan. A pure function: same counts, terms and
 * options, same answer, in whatever order and in however many parts the counts come. Counts of one
 * customer and day add up.
 */
export function rate(
  counts: Iterable<DayCounts>,
  terms: PlanTerms,
  period: Period,
  options: RateOptions = {},
): Rating {
  const { months, window } = gather(counts, terms, period, options);
  const totals = totalsOf(months, daysIn(period));
  const lines = priceTotals(totals, terms, window).map((line) =>
    withShares(line, months, terms, window, period),
  );
  return finish(lines, months, terms, period, window, options);
}

function gather(
  counts: Iterable<DayCounts>,
  terms: PlanTerms,
  period: Period,
  options: RateOptions,
): { months: Month[]; window: Window } {
  const size = daysIn(period);
  const billedReasons = (
    ['shared-unlicensed', 'room', 'equipment', 'trial'] as FreeReason[]
  ).filter((reason) => isBilled(reason, terms));
  const first =
    options.from === undefined || options.from < `${period}-01`
      ? 0
      : periodOf(options.from) === period
        ? dayIndex(options.from)
        : size;
  const byTenant = new Map<string, Month>();
  let last = -1;
  for (const count of counts) {
    if (!count.day.startsWith(period)) continue;
    if (options.through !== undefined && count.day > options.through) continue;
    const index = dayIndex(count.day);
    if (index < first) continue;
    last = Math.max(last, index);
    let month = byTenant.get(count.tenantId);
    if (month === undefined) {
      const zeros = () => new Array<number>(size).fill(0);
      month = { tenantId: count.tenantId, protected: zeros(), sealed: zeros(), bytes: zeros() };
      byTenant.set(count.tenantId, month);
    }
    let billable = count.protected;
    for (const reason of billedReasons) billable += count.free[reason] ?? 0;
    month.protected[index]! += billable;
    month.sealed[index]! += count.sealed;
    if (!count.trial || terms.trialDays === 0) month.bytes[index]! += count.physicalBytes;
  }
  const months = [...byTenant.values()].sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
  const seen = last < first ? 0 : last - first + 1;
  return {
    months,
    window: {
      first,
      last: last < first ? -1 : last,
      divisor: options.basis === 'pace' ? Math.max(seen, 1) : size,
    },
  };
}

function totalsOf(months: readonly Month[], size: number): Totals {
  const sum = (series: 'protected' | 'sealed' | 'bytes') =>
    Array.from({ length: size }, (_, day) =>
      months.reduce((all, month) => all + BigInt(month[series][day]!), 0n),
    );
  return {
    'protected-mailboxes': sum('protected'),
    'sealed-mailboxes': sum('sealed'),
    'stored-gib': sum('bytes'),
  };
}

interface PricedLine extends Omit<RatedLine, 'shares'> {
  minor: Minor;
  peakIndex: number;
}

function priceTotals(totals: Totals, terms: PlanTerms, window: Window): PricedLine[] {
  const lines: PricedLine[] = [];
  let mailboxes = 0;
  for (const dimension of dimensions) {
    const daily = totals[dimension];
    const unit = dimension === 'stored-gib' ? gib : 1n;
    const sum = daily.reduce((all, day) => all + day, 0n);
    const peak = highest(daily);
    const peakIndex = peak === 0n ? -1 : daily.indexOf(peak);
    const end = window.last < 0 ? 0n : daily[window.last]!;
    const [amount, over] =
      terms.aggregation === 'daily-average'
        ? [sum, BigInt(window.divisor)]
        : [terms.aggregation === 'peak' ? peak : end, 1n];

    let included = 0;
    let quantity: number;
    if (dimension === 'stored-gib') {
      included = terms.includedGibPerMailbox * mailboxes;
      quantity = Number(divideUp(amount - BigInt(included) * over * gib, over * gib));
    } else {
      quantity = Number(divideHalfUp(amount, over));
      mailboxes += quantity;
    }
    const price = terms.prices[dimension];
    const steps = price === undefined ? [] : priceSteps(quantity, price, terms.currency);
    const minor = steps.reduce((all, step) => all + step.amount, 0n);
    lines.push({
      dimension,
      billed: price !== undefined,
      unitDays: sum.toString(),
      average: fraction(sum, BigInt(window.divisor) * unit),
      peak: fraction(peak, unit),
      peakDay: null,
      peakIndex,
      atEnd: fraction(end, unit),
      included,
      quantity,
      steps: steps.map((step) => ({ ...step, amount: formatAmount(step.amount, terms.currency) })),
      amount: formatAmount(minor, terms.currency),
      minor,
    });
  }
  return lines;
}

/** Of a customer's days, the ones that a line's quantity was taken of. */
function basisOf(daily: readonly number[], peakIndex: number, terms: PlanTerms, window: Window) {
  if (terms.aggregation === 'daily-average') {
    return daily.reduce((all, day) => all + BigInt(day), 0n);
  }
  const index = terms.aggregation === 'peak' ? peakIndex : window.last;
  return index < 0 ? 0n : BigInt(daily[index]!);
}

/**
 * In what proportion customers carry a line. Storage is carried by those who use more than their
 * mailboxes brought into the pool. Where nobody stands out, by use; where nobody used anything (a
 * flat fee), all alike.
 */
function weightsOf(
  line: PricedLine,
  months: readonly Month[],
  terms: PlanTerms,
  window: Window,
): bigint[] {
  const basis = (month: Month, series: 'protected' | 'sealed' | 'bytes') =>
    basisOf(month[series], line.peakIndex, terms, window);
  const series = seriesOf[line.dimension];
  const used = months.map((month) => basis(month, series));
  if (line.dimension === 'stored-gib' && terms.includedGibPerMailbox > 0) {
    const each = BigInt(terms.includedGibPerMailbox) * gib;
    const beyond = months.map((month, index) => {
      const rest = used[index]! - each * (basis(month, 'protected') + basis(month, 'sealed'));
      return rest > 0n ? rest : 0n;
    });
    if (beyond.some((weight) => weight > 0n)) return beyond;
  }
  if (used.some((weight) => weight > 0n)) return used;
  const anyDay = months.map((month) => month[series].reduce((all, day) => all + BigInt(day), 0n));
  return anyDay.some((weight) => weight > 0n) ? anyDay : months.map(() => 1n);
}

function withShares(
  { minor, peakIndex, ...line }: PricedLine,
  months: readonly Month[],
  terms: PlanTerms,
  window: Window,
  period: Period,
): RatedLine & { minor: Minor } {
  const unit = line.dimension === 'stored-gib' ? gib : 1n;
  const weights = weightsOf({ ...line, minor, peakIndex }, months, terms, window);
  const quantities = allocate(BigInt(line.quantity), weights);
  const amounts = allocate(minor, weights);
  const shares = months.map((month, index): Share => {
    const daily = month[seriesOf[line.dimension]];
    const sum = daily.reduce((all, day) => all + BigInt(day), 0n);
    const first = daily.findIndex((day) => day > 0);
    return {
      tenantId: month.tenantId,
      unitDays: sum.toString(),
      average: fraction(sum, BigInt(window.divisor) * unit),
      peak: fraction(BigInt(Math.max(0, ...daily)), unit),
      quantity: Number(quantities[index]),
      amount: formatAmount(amounts[index]!, terms.currency),
      firstDay: first < 0 ? null : dayAt(period, first),
      lastDay:
        first < 0
          ? null
          : dayAt(
              period,
              daily.findLastIndex((day) => day > 0),
            ),
    };
  });
  return { ...line, minor, peakDay: peakIndex < 0 ? null : dayAt(period, peakIndex), shares };
}

function finish(
  lines: (RatedLine & { minor: Minor })[],
  months: readonly Month[],
  terms: PlanTerms,
  period: Period,
  window: Window,
  options: RateOptions,
): Rating {
  const { currency } = terms;
  const sum = lines.reduce((all, line) => all + line.minor, 0n);
  const size = daysIn(period);
  let minimum: Rating['minimum'] = null;
  let topUp = 0n;
  if (terms.minimum !== null) {
    const least = divideHalfUp(
      parseAmount(terms.minimum, currency) * BigInt(size - window.first),
      BigInt(size),
    );
    topUp = least > sum ? least - sum : 0n;
    const own = months.map((_, index) =>
      lines.reduce((all, line) => all + parseAmount(line.shares[index]!.amount, currency), 0n),
    );
    const parts = allocate(topUp, own.some((part) => part > 0n) ? own : months.map(() => 1n));
    minimum = {
      of: formatAmount(least, currency),
      amount: formatAmount(topUp, currency),
      shares: months.map(({ tenantId }, index) => ({
        tenantId,
        amount: formatAmount(parts[index]!, currency),
      })),
    };
  }
  return {
    period,
    currency,
    aggregation: terms.aggregation,
    divisor: options.basis === 'pace' ? window.divisor : size,
    days: window.last < 0 ? 0 : window.last - window.first + 1,
    through: window.last < 0 ? null : dayAt(period, window.last),
    lines: lines.map(({ minor: _, ...line }) => line),
    minimum,
    total: formatAmount(sum + topUp, currency),
  };
}

/** Of bigints, which `Math.max` does not take; 0 of none. */
function highest(values: readonly bigint[]): bigint {
  let top = 0n;
  for (const value of values) if (value > top) top = value;
  return top;
}

function lowest(values: readonly bigint[]): bigint {
  let least = values[0] ?? 0n;
  for (const value of values) if (value < least) least = value;
  return least;
}

function fraction(numerator: bigint, denominator: bigint): Fraction {
  return { numerator: numerator.toString(), denominator: denominator.toString() };
}

/** Reads an exact number aloud: 117.53 with two digits, rounded half up. */
export function formatFraction({ numerator, denominator }: Fraction, digits: number): string {
  const scaled = divideHalfUp(BigInt(numerator) * 10n ** BigInt(digits), BigInt(denominator));
  const text = scaled.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The integers that the meters get: accrued quantity by dimension. */
export function quantitiesOf(rating: Rating): Record<Dimension, number> {
  return Object.fromEntries(rating.lines.map((line) => [line.dimension, line.quantity])) as Record<
    Dimension,
    number
  >;
}

/** What the month comes to if its remaining days are like the last; `low` and `high` by the last week. */
export interface Forecast {
  expected: ForecastCase;
  low: ForecastCase;
  high: ForecastCase;
}
interface ForecastCase {
  quantities: Record<Dimension, number>;
  total: string;
}

/**
 * Projects a running month. Expected: every remaining day is as the last one seen. Low: as the
 * lowest of the last seven days. High: it goes on growing as in the last week, or where it did not
 * grow, every day is as the highest of that week. A finished month has no range.
 */
export function forecast(
  counts: Iterable<DayCounts>,
  terms: PlanTerms,
  period: Period,
  options: Omit<RateOptions, 'basis'> = {},
): Forecast {
  const { months, window } = gather(counts, terms, period, options);
  const size = daysIn(period);
  const totals = totalsOf(months, size);
  const project = (next: (seen: readonly bigint[], ahead: bigint) => bigint): ForecastCase => {
    const projected = Object.fromEntries(
      dimensions.map((dimension) => {
        const daily = [...totals[dimension]];
        const seen = daily.slice(window.first, window.last + 1);
        if (seen.length > 0) {
          for (let day = window.last + 1; day < size; day++) {
            daily[day] = next(seen, BigInt(day - window.last));
          }
        }
        return [dimension, daily];
      }),
    ) as Totals;
    const whole = { ...window, last: window.last < 0 ? -1 : size - 1 };
    const lines = priceTotals(projected, terms, whole);
    const rating = finish(
      lines.map(({ peakIndex: _, ...line }) => ({ ...line, shares: [] })),
      [],
      terms,
      period,
      whole,
      {},
    );
    return { quantities: quantitiesOf(rating), total: rating.total };
  };
  return {
    expected: project((seen) => seen.at(-1)!),
    low: project((seen) => lowest(seen.slice(-7))),
    high: project((seen, ahead) => {
      const week = seen.slice(-8);
      const rise = week.at(-1)! - week[0]!;
      return rise > 0n ? week.at(-1)! + (rise * ahead) / BigInt(week.length - 1) : highest(week);
    }),
  };
}
