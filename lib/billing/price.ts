import { type Minor, parsePrice, priceOf } from './money.ts';
import type { Price } from './plan.ts';

/** What one step of a price makes of a quantity. Stripe writes a line of the invoice for each. */
export interface PricedStep {
  upTo: number | null;
  quantity: number;
  unitPrice: string;
  /** Charged once because the step was reached; the first step always is. */
  flat: string;
  amount: Minor;
}

/** Prices a quantity step by step; each step, and each flat fee, is rounded by itself. */
export function priceSteps(quantity: number, price: Price, currency: string): PricedStep[] {
  const steps: PricedStep[] = [];
  let below = 0;
  for (const [index, tier] of price.tiers.entries()) {
    const inside = Math.min(quantity, tier.upTo ?? Number.POSITIVE_INFINITY) - below;
    const reached = index === 0 || inside > 0;
    const last = tier.upTo === null || quantity <= tier.upTo;
    if (reached && (price.mode === 'graduated' || last)) {
      const units = price.mode === 'graduated' ? inside : quantity;
      steps.push({
        upTo: tier.upTo,
        quantity: units,
        unitPrice: tier.unitPrice,
        flat: tier.flat,
        amount:
          priceOf(units, parsePrice(tier.unitPrice)!, currency) +
          priceOf(1, parsePrice(tier.flat)!, currency),
      });
    }
    if (last) break;
    below = tier.upTo!;
  }
  return steps;
}
