import type Stripe from 'stripe';
import type { CustomerInput } from '../sink.ts';
import { stripeCall } from './failures.ts';
import { stepKey } from './keys.ts';

/**
 * The customer of an account. Its id is looked for in the metadata first: an idempotency key is
 * forgotten after a day, and the answer to the call that made it may have been lost. The search is
 * behind by up to a minute, so what is made holds nothing that may have changed between two calls.
 */
export async function ensureCustomer(
  stripe: Stripe,
  input: CustomerInput,
): Promise<{ customerId: string }> {
  const found = await findCustomer(stripe, input);
  if (found !== null) return { customerId: found };
  const contents: Stripe.CustomerCreateParams = {
    ...(input.clockId === null ? {} : { test_clock: input.clockId }),
    metadata: { account_id: input.accountId },
  };
  const made = await stripeCall(() =>
    stripe.customers.create(contents, {
      idempotencyKey: stepKey('customer', input.accountId, contents),
    }),
  );
  await stripeCall(() =>
    stripe.customers.update(made.id, {
      name: input.name.slice(0, 256),
      ...(input.email === null ? {} : { email: input.email }),
      metadata: { ...input.metadata, account_id: input.accountId },
    }),
  );
  return { customerId: made.id };
}

async function findCustomer(stripe: Stripe, input: CustomerInput): Promise<string | null> {
  if (input.clockId !== null) {
    // Customers of a test clock are in no search.
    const onClock = await stripeCall(() =>
      stripe.customers.list({ test_clock: input.clockId!, limit: 100 }),
    );
    return onClock.data.find((one) => one.metadata.account_id === input.accountId)?.id ?? null;
  }
  const id = input.accountId.replaceAll(/[^\w-]/g, '');
  const found = await stripeCall(() =>
    stripe.customers.search({ query: `metadata['account_id']:'${id}'`, limit: 1 }),
  );
  return found.data[0]?.id ?? null;
}

/** A test card that always pays, so that nobody has to fill in a form. Stripe refuses it in live mode. */
export async function attachTestCard(stripe: Stripe, customerId: string): Promise<void> {
  const card = await stripeCall(() =>
    stripe.paymentMethods.attach('pm_card_visa', { customer: customerId }),
  );
  await stripeCall(() =>
    stripe.customers.update(customerId, {
      invoice_settings: { default_payment_method: card.id },
    }),
  );
}

export async function openPortal(
  stripe: Stripe,
  input: { customerId: string; returnUrl: string },
): Promise<{ url: string }> {
  const session = await stripeCall(() =>
    stripe.billingPortal.sessions.create({
      customer: input.customerId,
      return_url: input.returnUrl,
    }),
  );
  return { url: session.url };
}
