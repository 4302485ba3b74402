import Stripe from 'stripe';
import { AppError } from '#lib/core/errors.ts';
import type { Notice } from '../sink.ts';
import { stripeCall } from './failures.ts';
import { idOf, moment } from './subscriptions.ts';

/** Seconds that a notice may be on its way; an older one could be a recording. */
const tolerance = 300;

/**
 * Checks who sent a notice, and reads what it is about. The body must be the bytes as they came.
 */
export function parseNotice(
  stripe: Stripe,
  secrets: readonly string[],
  input: { body: string; signature: string | null; now?: Date },
): Notice {
  if (secrets.length === 0) {
    throw new AppError(
      'config.invalid',
      'A notice of Stripe came, but no STRIPE_WEBHOOK_SECRET is set to check it with. It was not read.',
    );
  }
  const { body, signature } = input;
  if (signature === null || signature === '') throw unsigned();
  const receivedAt = input.now?.getTime();
  let late = false;
  for (const secret of secrets) {
    try {
      return isThin(body)
        ? thinNotice(
            stripe.parseEventNotification(
              body,
              signature,
              secret,
              tolerance,
              undefined,
              receivedAt,
            ),
          )
        : snapshotNotice(
            stripe.webhooks.constructEvent(
              body,
              signature,
              secret,
              tolerance,
              undefined,
              receivedAt,
            ),
          );
    } catch (err) {
      if (!(err instanceof Stripe.errors.StripeSignatureVerificationError)) throw err;
      late ||= /tolerance/i.test(err.message);
    }
  }
  if (late) {
    throw new AppError(
      'expired',
      'The notice is signed, but longer ago than five minutes. It was not read; Stripe sends it again.',
    );
  }
  throw unsigned();
}

function unsigned(): AppError {
  return new AppError(
    'forbidden',
    'The notice is not signed by Stripe with our secret. It was not read.',
  );
}

function isThin(body: string): boolean {
  try {
    return JSON.parse(body)?.object === 'v2.core.event';
  } catch {
    throw new AppError('input.invalid', 'The notice is not JSON. It was not read.');
  }
}

function thinNotice(event: Stripe.V2.Core.EventNotification): Notice {
  const common = {
    noticeId: event.id,
    type: event.type as string,
    createdAt: new Date(event.created),
    customerId: null,
  };
  return event.type === 'v1.billing.meter.error_report_triggered' ||
    event.type === 'v1.billing.meter.no_meter_found'
    ? { ...common, about: 'meter-error' }
    : { ...common, about: 'nothing' };
}

type Subject = { object?: string; id?: string; customer?: unknown; invoice?: unknown };

/** What an event with a copy of its object is about. The copy itself is not used. */
export function snapshotNotice(event: Stripe.Event): Notice {
  const subject = event.data.object as Subject;
  const id = subject.id ?? '';
  const customerId =
    subject.object === 'customer' ? id : idOf(subject.customer as string | { id: string } | null);
  const common = {
    noticeId: event.id,
    type: event.type as string,
    createdAt: moment(event.created),
    customerId,
  };
  switch (subject.object) {
    case 'invoice':
      // The preview that goes before an invoice has no id and is nothing to read again.
      return id === ''
        ? { ...common, about: 'nothing' }
        : { ...common, about: 'invoice', invoiceId: id };
    case 'credit_note':
      return {
        ...common,
        about: 'invoice',
        invoiceId: idOf(subject.invoice as string | { id: string }) ?? '',
      };
    case 'subscription':
      return { ...common, about: 'subscription', subscriptionId: id };
    case 'checkout.session':
      return { ...common, about: 'checkout', sessionId: id };
    case 'customer':
      return { ...common, about: 'customer', customerId: id };
    case 'payment_method':
      return customerId === null
        ? { ...common, about: 'nothing' }
        : { ...common, customerId, about: 'customer' };
    case 'test_helpers.test_clock':
      return { ...common, about: 'clock', clockId: id };
    default:
      return { ...common, about: 'nothing' };
  }
}

/** Events of the last days in the order they happened, for notices that never arrived. */
export async function listNotices(stripe: Stripe, since: Date): Promise<Notice[]> {
  const events = await stripeCall(() =>
    stripe.events
      .list({ created: { gte: Math.floor(since.getTime() / 1000) }, limit: 100 })
      .autoPagingToArray({ limit: 10_000 }),
  );
  return events.toReversed().map((event) => snapshotNotice(event));
}
