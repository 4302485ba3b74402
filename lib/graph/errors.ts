import { AppError, type ErrorCode } from '#lib/core/errors.ts';

/** A refusal or failure of Graph, with what the service said in `status` and `graphCode`. */
export class GraphError extends AppError {
  readonly status: number;
  /** The most specific code of the answer, such as `ErrorItemNotFound`; empty where there was none. */
  readonly graphCode: string;

  constructor(
    code: ErrorCode,
    message: string,
    fact: {
      status: number;
      graphCode: string;
      requestId?: string | null;
      retryable?: boolean;
      retryAfterMs?: number;
      cause?: unknown;
    },
  ) {
    super(code, message, {
      retryable: fact.retryable ?? false,
      ...(fact.retryAfterMs === undefined ? {} : { retryAfterMs: fact.retryAfterMs }),
      data: {
        status: fact.status,
        graphCode: fact.graphCode,
        requestId: fact.requestId ?? null,
      },
      cause: fact.cause,
    });
    this.name = 'GraphError';
    this.status = fact.status;
    this.graphCode = fact.graphCode;
  }
}

/** Graph asks for more patience than a call may spend in place; `retryAfterMs` says how much. */
export class GraphThrottled extends GraphError {
  constructor(retryAfterMs: number, fact: { status: number; graphCode: string }) {
    super(
      'throttled',
      `Microsoft asks for a pause of ${Math.ceil(retryAfterMs / 1000)} s before the next request.`,
      { ...fact, retryable: true, retryAfterMs },
    );
    this.name = 'GraphThrottled';
  }
}

/** The answer ended before it was complete; an empty page must never be read out of it. */
export class GraphCutShort extends GraphError {
  constructor(cause?: unknown) {
    super('source.unavailable', 'An answer of Microsoft ended before it was complete.', {
      status: 200,
      graphCode: 'CutShort',
      retryable: true,
      cause,
    });
    this.name = 'GraphCutShort';
  }
}

/** The network gave no answer: refused, reset, timed out. */
export class GraphUnreachable extends GraphError {
  readonly timedOut: boolean;

  constructor(reason: string, timedOut: boolean, cause?: unknown) {
    super('source.unavailable', `Microsoft Graph could not be reached (${reason}).`, {
      status: 0,
      graphCode: timedOut ? 'Timeout' : reason,
      retryable: true,
      cause,
    });
    this.name = 'GraphUnreachable';
    this.timedOut = timedOut;
  }
}

/** The mailbox is not there (any more): research/graph.md §3.2, §7.2. */
const mailboxGone = new Set([
  'mailboxnotenabledforrestapi',
  'errorinvaliduser',
  'request_resourcenotfound',
  'resourcenotfound',
  'errornonexistentmailbox',
]);
const cursorLost = new Set([
  'syncstatenotfound',
  'resyncrequired',
  'syncstateinvalid',
  'resyncchangesapplydifferences',
  'resyncchangesuploaddifferences',
]);
const storeFull = new Set(['errorquotaexceeded', 'quotalimitreached', 'errormailboxfull']);

/** Finds the most specific code of an error body; nested codes say more (research/graph.md §7.1). */
export function graphCodeOf(body: string): string {
  try {
    let node = JSON.parse(body)?.error ?? JSON.parse(body)?.Error;
    let code = '';
    for (let depth = 0; node && typeof node === 'object' && depth < 8; depth++) {
      if (typeof node.code === 'string' && !/^\d+$/.test(node.code) && node.code !== '') {
        code = node.code;
      }
      node = node.innerError ?? node.innererror;
    }
    return code;
  } catch {
    return '';
  }
}

/** Maps an answer that is neither success nor throttling. */
export function graphFailure(status: number, body: string, requestId: string | null): GraphError {
  const graphCode = graphCodeOf(body);
  const name = graphCode.toLowerCase();
  const fail = (code: ErrorCode, message: string, retryable = false) =>
    new GraphError(code, message, { status, graphCode, requestId, retryable });

  if (status === 410 || cursorLost.has(name)) {
    return fail('expired', 'Microsoft no longer knows where the last backup of this folder ended.');
  }
  if (status === 404 && mailboxGone.has(name)) {
    return fail(
      'source.gone',
      'The mailbox is not there any more, or has no Exchange Online plan.',
    );
  }
  if (status === 404) return fail('not-found', 'Microsoft no longer has what was asked for.');
  if (status === 401) {
    return fail('consent.missing', 'Microsoft does not accept the token of this application.');
  }
  if (name === 'authorization_requestdenied') {
    return fail(
      'consent.missing',
      'The application lacks a permission in this organisation. An administrator there has to consent again.',
    );
  }
  if (status === 507 || (storeFull.has(name) && status !== 403)) {
    return fail('source.refused', 'The mailbox is full.');
  }
  if (status === 403) return fail('source.refused', 'Microsoft denies access to this mailbox.');
  if (status >= 500) {
    return fail('source.unavailable', 'Microsoft Graph failed to answer the request.', true);
  }
  return fail('source.refused', `Microsoft refused the request (${status} ${graphCode}).`);
}

export function isNotFound(err: unknown): boolean {
  return err instanceof GraphError && err.status === 404 && err.code === 'not-found';
}
