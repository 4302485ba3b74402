import Stripe from 'stripe';

export interface StripeAccess {
  /** Scheme and host of Stripe's API, no trailing slash and no version. */
  apiUrl: string;
  secretKey: string;
  /** Any of them may have signed a notice. */
  webhookSecrets: readonly string[];
}

/**
 * A client of the API version that the SDK pins. It reports nothing about itself, and repeats what
 * failed on the way twice, under the same idempotency key.
 */
export function stripeClient({ apiUrl, secretKey }: StripeAccess): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  return new Stripe(secretKey, {
    host: hostname,
    ...(port === '' ? {} : { port }),
    protocol: protocol === 'http:' ? 'http' : 'https',
    telemetry: false,
    maxNetworkRetries: 2,
    timeout: 30_000,
    appInfo: { name: 'Holdfast' },
  });
}
