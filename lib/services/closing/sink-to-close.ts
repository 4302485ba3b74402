import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';

/**
 * A month that is invoiced is closed with Stripe or not at all: a worker that starts without its key
 * would otherwise call it final, and nobody would ever be asked for it.
 */
export function sinkToClose<Sink extends BillingSink>(sink: Sink | null): Sink {
  if (sink !== null) return sink;
  throw new AppError(
    'config.invalid',
    'This worker has no key for Stripe, so the invoice of this month waits. Nothing is lost. Whoever runs Holdfast sets STRIPE_SECRET_KEY and starts the worker again.',
    { retryable: true, retryAfterMs: 60_000 },
  );
}
