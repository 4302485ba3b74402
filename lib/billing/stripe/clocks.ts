import type Stripe from 'stripe';
import type { ClockView } from '../sink.ts';
import { stripeCall } from './failures.ts';
import { stepKey } from './keys.ts';
import { moment } from './subscriptions.ts';

export async function createClock(
  stripe: Stripe,
  input: { key: string; name: string; at: Date },
): Promise<ClockView> {
  const contents: Stripe.TestHelpers.TestClockCreateParams = {
    name: input.name,
    frozen_time: Math.floor(input.at.getTime() / 1000),
  };
  const clock = await stripeCall(() =>
    stripe.testHelpers.testClocks.create(contents, {
      idempotencyKey: stepKey('clock', input.key, contents),
    }),
  );
  return clockView(clock);
}

export async function readClock(stripe: Stripe, clockId: string): Promise<ClockView> {
  return clockView(await stripeCall(() => stripe.testHelpers.testClocks.retrieve(clockId)));
}

export async function advanceClock(
  stripe: Stripe,
  input: { clockId: string; to: Date },
): Promise<ClockView> {
  const before = await readClock(stripe, input.clockId);
  if (before.now.getTime() >= input.to.getTime()) return before;
  return clockView(
    await stripeCall(() =>
      stripe.testHelpers.testClocks.advance(input.clockId, {
        frozen_time: Math.floor(input.to.getTime() / 1000),
      }),
    ),
  );
}

function clockView(clock: Stripe.TestHelpers.TestClock): ClockView {
  return {
    clockId: clock.id,
    now: moment(clock.frozen_time),
    state:
      clock.status === 'ready' ? 'ready' : clock.status === 'advancing' ? 'advancing' : 'failed',
  };
}
