/** An answer in the form of Stripe's errors. */
export class StripeFailure extends Error {
  readonly status: number;
  readonly body: {
    type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
    code?: string;
    param?: string;
    decline_code?: string;
    message: string;
  };
  constructor(status: number, body: StripeFailure['body']) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

export function invalid(message: string, param?: string, code?: string): StripeFailure {
  return new StripeFailure(400, {
    type: 'invalid_request_error',
    message,
    ...(code ? { code } : {}),
    ...(param ? { param } : {}),
  });
}

/** `param` is `id` where the path names the thing, else the parameter that named it. */
export function missing(what: string, id: string, param = 'id'): StripeFailure {
  return new StripeFailure(param === 'id' ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param,
    message: `No such ${what}: '${id}'`,
  });
}

export function tooMany(message: string, code?: string): StripeFailure {
  return new StripeFailure(429, {
    type: 'invalid_request_error',
    ...(code ? { code } : {}),
    message,
  });
}
