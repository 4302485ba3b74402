import Stripe from 'stripe';
import type { StripeFacts } from './server.ts';

/** Stripe's own client, pointed at the stand-in. */
export function stripeClient(
  facts: Pick<StripeFacts, 'apiUrl' | 'secretKey'>,
  options: { retries?: number; secretKey?: string } = {},
): Stripe {
  const url = new URL(facts.apiUrl);
  return new Stripe(options.secretKey ?? facts.secretKey, {
    host: url.hostname,
    port: url.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: options.retries ?? 0,
  });
}
