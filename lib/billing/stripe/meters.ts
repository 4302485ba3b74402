import Stripe from 'stripe';
import { type Period, periodBounds } from '../days.ts';
import { type MeterEvent, meterNames } from '../meter-event.ts';
import { type Dimension, dimensions } from '../plan.ts';
import type { Catalogue, MeterErrors } from '../sink.ts';
import { meterErrorCodes } from '../sink.ts';
import { stripeCall, stripeFailure } from './failures.ts';
import { moment } from './subscriptions.ts';

/**
 * Stripe answers a second push for the same customer and meter with 429 while the first is under
 * way. Those of this process wait for each other; those of others are the workflow's business.
 */
export function meterPusher(
  stripe: Stripe,
): (input: { customerId: string; event: MeterEvent }) => Promise<void> {
  const lanes = new Map<string, Promise<unknown>>();
  return async ({ customerId, event }) => {
    const lane = `${customerId}|${event.dimension}`;
    const before = lanes.get(lane) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => push(stripe, customerId, event));
    lanes.set(lane, mine);
    try {
      await mine;
    } finally {
      if (lanes.get(lane) === mine) lanes.delete(lane);
    }
  };
}

async function push(stripe: Stripe, customerId: string, event: MeterEvent): Promise<void> {
  try {
    await stripe.billing.meterEvents.create(
      {
        event_name: meterNames[event.dimension],
        identifier: event.identifier,
        timestamp: Math.floor(event.timestamp.getTime() / 1000),
        payload: { stripe_customer_id: customerId, value: String(event.value) },
      },
      { idempotencyKey: event.identifier },
    );
  } catch (err) {
    // It is there: our answer got lost, or the identifier outlived its idempotency key.
    const there =
      err instanceof Stripe.errors.StripeInvalidRequestError &&
      /already exists with identifier/i.test(err.message);
    if (!there) throw stripeFailure(err);
  }
}

/** What each meter shows for a customer and period. */
export async function readSummaries(
  stripe: Stripe,
  input: { customerId: string; catalogue: Catalogue; period: Period },
): Promise<Record<Dimension, number | null>> {
  const { start, end } = periodBounds(input.period);
  const shown: Record<Dimension, number | null> = {
    'protected-mailboxes': null,
    'sealed-mailboxes': null,
    'stored-gib': null,
  };
  for (const dimension of dimensions) {
    const item = input.catalogue.items[dimension];
    if (item === null) continue;
    const summaries = await stripeCall(() =>
      stripe.billing.meters.listEventSummaries(item.meterId, {
        customer: input.customerId,
        start_time: start.getTime() / 1000,
        end_time: end.getTime() / 1000,
      }),
    );
    shown[dimension] = summaries.data[0]?.aggregated_value ?? null;
  }
  return shown;
}

/** Reads the report behind a notice of refused meter events. */
export async function readMeterErrors(stripe: Stripe, noticeId: string): Promise<MeterErrors> {
  const event = await stripeCall(() => stripe.v2.core.events.retrieve(noticeId));
  if (
    event.type !== 'v1.billing.meter.error_report_triggered' &&
    event.type !== 'v1.billing.meter.no_meter_found'
  ) {
    return {
      meterId: null,
      from: new Date(event.created),
      to: new Date(event.created),
      errors: [],
    };
  }
  const { reason, validation_start, validation_end } = event.data;
  return {
    meterId: 'related_object' in event ? (event.related_object?.id ?? null) : null,
    from: at(validation_start),
    to: at(validation_end),
    errors: reason.error_types.map((type) => ({
      code: meterErrorCodes.find((code) => code === type.code) ?? 'unknown',
      count: type.error_count,
      samples: type.sample_errors.map((sample) => ({
        identifier: sample.request?.identifier ?? null,
        message: sample.error_message,
      })),
    })),
  };
}

function at(time: Date | string | number): Date {
  return typeof time === 'number' ? moment(time) : new Date(time);
}
