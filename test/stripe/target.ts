import { setTimeout as delay } from 'node:timers/promises';
import Stripe from 'stripe';
import { stripeClient } from './client.ts';
import { startStripe } from './server.ts';

/** What the contract is tested against: the stand-in, or Stripe's own test mode. */
export interface Target extends AsyncDisposable {
  readonly name: string;
  readonly stripe: Stripe;
  /** A client with another key. */
  withKey(key: string): Stripe;
}

/** The stand-in always, and Stripe itself where `STRIPE_TEST_KEY` names a key of a test mode. */
export function targets(): Array<{ name: string; skip: string | false; open(): Promise<Target> }> {
  const key = process.env.STRIPE_TEST_KEY ?? '';
  const real = /^(sk|rk)_test_/.test(key);
  return [
    { name: 'the stand-in', skip: false, open: openStandIn },
    {
      name: "Stripe's test mode",
      skip: real ? false : 'STRIPE_TEST_KEY names no key of a test mode',
      open: async () => openReal(key),
    },
  ];
}

async function openStandIn(): Promise<Target> {
  const standIn = await startStripe({ data: null });
  return {
    name: 'the stand-in',
    stripe: stripeClient(standIn.facts),
    withKey: (secretKey) => stripeClient(standIn.facts, { secretKey }),
    [Symbol.asyncDispose]: standIn.stop,
  };
}

function openReal(key: string): Target {
  const open = (secretKey: string) =>
    new Stripe(secretKey, { telemetry: false, maxNetworkRetries: 2 });
  return {
    name: "Stripe's test mode",
    stripe: open(key),
    withKey: open,
    async [Symbol.asyncDispose]() {},
  };
}

/** Moves a test clock and comes back when it has arrived. */
export async function advance(stripe: Stripe, clock: string, to: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  await until(async () => {
    const { status } = await stripe.testHelpers.testClocks.retrieve(clock);
    return status === 'ready';
  });
}

const patienceMs = 120_000;

/** Asks again until it is so: Stripe's sums and clocks take their time, and say no more than that. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let pause = 1; !(await holds()); pause = Math.min(pause * 2, 2_000)) {
    if (performance.now() > end) throw new Error('It is still not so after two minutes');
    await delay(pause);
  }
}

/** What a refusal says that programs go by; the words are Stripe's affair. */
export async function refusal(
  act: () => Promise<unknown>,
): Promise<{ type: string; status: number; code: string | undefined; param: string | undefined }> {
  try {
    await act();
  } catch (err) {
    if (!(err instanceof Stripe.errors.StripeError)) throw err;
    return { type: err.type, status: err.statusCode ?? 0, code: err.code, param: err.param };
  }
  throw new Error('It was not refused');
}
