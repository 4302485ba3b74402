import Stripe from 'stripe';
import { AppError, type ErrorCode } from '#lib/core/errors.ts';

/** A refusal or failure of Stripe. `data.stripeCode` is its code; its own words are in the log only. */
export class StripeFailure extends AppError {
  readonly status: number;
  /** Stripe's code of the refusal, such as `resource_missing`; empty where it gave none. */
  readonly stripeCode: string;

  constructor(
    code: ErrorCode,
    message: string,
    cause: InstanceType<typeof Stripe.errors.StripeError>,
    wait: { retryable?: boolean; retryAfterMs?: number } = {},
  ) {
    super(code, message, {
      ...wait,
      data: {
        status: cause.statusCode ?? 0,
        stripeCode: cause.code ?? '',
        param: cause.param ?? null,
        requestId: cause.requestId ?? null,
      },
      cause,
    });
    this.name = 'StripeFailure';
    this.status = cause.statusCode ?? 0;
    this.stripeCode = cause.code ?? '';
  }
}

/** Refusals of meter events that Stripe answers at once; the asynchronous ones have the same codes. */
const meterSentences: Record<string, string> = {
  archived_meter: 'The meter is archived at Stripe, so it counts nothing. Activate it there again.',
  no_meter: 'Stripe has no meter of this name. It is made again when the plan is next set up.',
  meter_event_customer_not_found: 'Stripe does not know the customer that the usage is of.',
  meter_event_no_customer_defined: 'The usage named no customer.',
  meter_event_invalid_value: 'Stripe does not take the value that was pushed.',
  meter_event_value_too_many_digits: 'The value that was pushed has more digits than Stripe takes.',
  meter_event_dimension_count_too_high: 'The usage is split into more parts than Stripe takes.',
  missing_dimension_payload_keys:
    'The meter at Stripe asks for fields that Holdfast does not send.',
  timestamp_too_far_in_past:
    'The usage is more than 35 days old, and Stripe takes none that old. It stays in the ledger.',
  timestamp_in_future:
    'Stripe’s clock is behind the day that was pushed. It is pushed again later.',
};

/** What a code of a refused meter event means, for people. */
export function meterErrorSentence(code: string): string {
  return meterSentences[code] ?? 'Stripe did not record the usage and gave no reason we know.';
}

const known: Record<string, [ErrorCode, string]> = {
  resource_missing: [
    'not-found',
    'Stripe does not know what was asked for. It may have been deleted there, or the key is of another account.',
  ],
  invoice_not_editable: ['conflict', 'The invoice is final already; nothing can be added to it.'],
  customer_tax_location_invalid: [
    'source.refused',
    'Stripe cannot tell the tax for this address. The address has to be corrected in the customer portal.',
  ],
  testmode_charges_only: [
    'source.refused',
    'The Stripe account is not activated yet and can only be used in test mode.',
  ],
};

/** Turns what the SDK throws into one of our errors; anything else is passed on. */
export function stripeFailure(err: unknown): unknown {
  if (!(err instanceof Stripe.errors.StripeError)) return err;
  const fail = (
    code: ErrorCode,
    message: string,
    wait: { retryable?: boolean; retryAfterMs?: number } = {},
  ) => new StripeFailure(code, message, err, wait);

  if (err instanceof Stripe.errors.StripeConnectionError || err.statusCode === undefined) {
    return fail(
      'source.unavailable',
      'Stripe could not be reached. Nothing is lost: usage is kept here and sent when it answers again.',
      { retryable: true },
    );
  }
  if (err.statusCode === 401) {
    return fail(
      'credential.invalid',
      'Stripe does not accept the secret key. Usage is still counted; whoever runs Holdfast has to set a valid STRIPE_SECRET_KEY.',
    );
  }
  if (err.statusCode === 403) {
    return fail(
      'credential.invalid',
      'The Stripe key may not do this. Whoever runs Holdfast has to give it the permission in Stripe’s dashboard.',
    );
  }
  if (err.statusCode === 429) {
    const clock = /test clock/i.test(err.message);
    return fail(
      'throttled',
      clock
        ? 'The test clock is still moving. Nothing can be changed until it has arrived.'
        : 'Stripe asks for a pause before the next request.',
      { retryable: true, retryAfterMs: clock ? 2000 : 1000 },
    );
  }
  if (err.statusCode >= 500) {
    return fail(
      'source.unavailable',
      'Stripe failed to answer. Nothing is lost: usage is kept here and sent when it answers again.',
      { retryable: true },
    );
  }
  if (err.statusCode === 409) {
    return fail('conflict', 'Stripe is at work on the same thing. It is tried again shortly.', {
      retryable: true,
    });
  }
  if (err instanceof Stripe.errors.StripeIdempotencyError) {
    return fail(
      'conflict',
      'The same step was taken before with other contents. Nothing was done.',
    );
  }
  if (err.statusCode === 402 || err instanceof Stripe.errors.StripeCardError) {
    return fail(
      'source.refused',
      'The payment was declined. Another way to pay can be set in the customer portal.',
    );
  }
  if (err.param === 'currency' || /invalid currency/i.test(err.message)) {
    return fail(
      'input.invalid',
      'Stripe does not know this currency, or does not take it for this account.',
    );
  }
  if (err.code !== undefined && err.code in meterSentences) {
    return fail('source.refused', meterErrorSentence(err.code));
  }
  const sentence = err.code === undefined ? undefined : known[err.code];
  if (sentence !== undefined) return fail(...sentence);
  return fail(
    'source.refused',
    `Stripe refused the request (${err.statusCode}${err.code === undefined ? '' : ` ${err.code}`}).`,
  );
}

/** Runs a call of the SDK; what it throws is one of our errors. */
export async function stripeCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    throw stripeFailure(err);
  }
}
