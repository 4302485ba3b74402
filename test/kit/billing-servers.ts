import type { BillingSink } from '#lib/billing/sink.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { type StripeStandIn, startStripe } from '#test/stripe/server.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** What the tests of billing in one file share: a database, a Stripe, and our side of it. */
interface BillingServers {
  db: TestDatabase;
  stripe: StripeStandIn;
  sink: BillingSink;
  stop(): Promise<void>;
}

export async function startBillingServers(): Promise<BillingServers> {
  const db = await createTestDatabase();
  const stripe = await startStripe({ data: null });
  return {
    db,
    stripe,
    sink: stripeSink(stripe.facts),
    async stop() {
      await stripe.stop();
      await db.close();
    },
  };
}
