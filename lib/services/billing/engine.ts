import type { BillingSink } from '#lib/billing/sink.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import type { StripeConfig } from '#lib/core/config.ts';

/** Where invoices are made, as verbs are handed it. */
export type BillingEngine = BillingSink;

/** The sink that this installation is set up with; null where it has none. */
export function billingEngine(config: StripeConfig | null): BillingEngine | null {
  return config === null ? null : stripeSink(config);
}
