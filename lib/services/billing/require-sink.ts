import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';

/** For acts that are nothing without Stripe. */
export function requireSink(sink: BillingSink | null): BillingSink {
  if (sink !== null) return sink;
  throw new AppError(
    'config.invalid',
    'Stripe is not set up here, so this cannot be done. The ledger is kept, and backups and restores go on. Whoever runs Holdfast sets STRIPE_SECRET_KEY.',
  );
}
