import { type Period, periodBounds } from '#lib/billing/days.ts';
import type { MeterEvent } from '#lib/billing/meter-event.ts';
import { formatAmount, parseAmount } from '#lib/billing/money.ts';
import { type Dimension, dimensions, type PlanTerms } from '#lib/billing/plan.ts';
import { priceSteps } from '#lib/billing/price.ts';

interface Invoice {
  period: Period;
  state: 'draft' | 'final';
  quantities: Record<Dimension, number>;
  items: Map<string, string>;
  total: string;
}

/**
 * What Stripe does with one customer's meters and invoices, in memory and by its documented rules:
 * the newest event of a period counts, an identifier is known for a day, a draft follows its meters
 * until it is final, and a final invoice never changes.
 */
export class ModelStripe {
  readonly currency: string;
  readonly invoices = new Map<Period, Invoice>();
  /** Pushes that arrived, repeats included. */
  arrived = 0;
  private readonly newest = new Map<string, { at: number; value: number }>();
  private readonly identifiers = new Map<string, number>();

  constructor(currency: string) {
    this.currency = currency;
  }

  push(event: MeterEvent, now: Date): void {
    this.arrived++;
    const known = this.identifiers.get(event.identifier);
    if (known !== undefined && now.getTime() - known < 86_400_000) return;
    if (event.timestamp.getTime() > now.getTime() + 300_000) throw new Error('timestamp_in_future');
    if (now.getTime() - event.timestamp.getTime() > 35 * 86_400_000) {
      throw new Error('timestamp_too_far_in_past');
    }
    const { start, end } = periodBounds(event.period);
    if (event.timestamp < start || event.timestamp >= end) throw new Error('outside its period');
    this.identifiers.set(event.identifier, now.getTime());
    const key = `${event.period}|${event.dimension}`;
    const before = this.newest.get(key);
    if (before !== undefined && before.at > event.timestamp.getTime()) return;
    this.newest.set(key, { at: event.timestamp.getTime(), value: event.value });
  }

  meter(period: Period, dimension: Dimension): number | null {
    return this.newest.get(`${period}|${dimension}`)?.value ?? null;
  }

  /** The draft of a period that is over; what it shows follows its meters. */
  draft(period: Period, terms: PlanTerms): Invoice {
    let invoice = this.invoices.get(period);
    if (invoice === undefined) {
      const quantities = Object.fromEntries(dimensions.map((name) => [name, 0]));
      invoice = {
        period,
        state: 'draft',
        quantities: quantities as Record<Dimension, number>,
        items: new Map(),
        total: '0',
      };
      this.invoices.set(period, invoice);
    }
    if (invoice.state === 'draft') {
      let total = 0n;
      for (const dimension of dimensions) {
        const quantity = this.meter(period, dimension) ?? 0;
        invoice.quantities[dimension] = quantity;
        const price = terms.prices[dimension];
        if (price === undefined) continue;
        for (const step of priceSteps(quantity, price, this.currency)) total += step.amount;
      }
      for (const amount of invoice.items.values()) total += parseAmount(amount, this.currency);
      invoice.total = formatAmount(total, this.currency);
    }
    return invoice;
  }

  addItem(period: Period, key: string, amount: string, terms: PlanTerms): void {
    const invoice = this.draft(period, terms);
    if (invoice.state === 'final') throw new Error('the invoice is final');
    if (invoice.items.has(key)) return;
    invoice.items.set(key, amount);
    this.draft(period, terms);
  }

  finalise(period: Period, terms: PlanTerms): void {
    this.draft(period, terms).state = 'final';
  }
}
