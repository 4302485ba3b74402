import { z } from 'zod';
import { type ErrorCode, isAppError } from '#lib/core/errors.ts';

/** Every kind of refusal of the API, by the last part of its `type`. RFC 9457. */
export const problemKinds = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    help: 'A field, a parameter or a header is missing, unknown or not in its form. `errors` names each.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid key',
    help: 'Send `Authorization: Bearer` with a key that is neither expired nor revoked.',
  },
  forbidden: {
    status: 403,
    title: 'The key may not do this',
    help: 'The scope of the operation is not among those of the key, or whoever made the key lost the right.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    help: 'Nothing with this id is within reach of the key, or there is no such path.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path has no such method',
    help: 'The header `Allow` names those it has.',
  },
  conflict: {
    status: 409,
    title: 'Not in this state',
    help: 'What is there now stands in the way; `detail` says what. Nothing was changed.',
  },
  'at-work': {
    status: 409,
    title: 'The first request is still at work',
    help: 'Another request with this `Idempotency-Key` has not been answered yet. Ask again after `Retry-After`.',
  },
  'outcome-unknown': {
    status: 409,
    title: 'The answer was lost',
    help: 'The first request with this `Idempotency-Key` broke off, and nobody knows how far it got. Look whether it happened; then use a new key.',
  },
  gone: {
    status: 410,
    title: 'No longer kept',
    help: 'It was there and its time is over. Start it again.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    help: 'A body has at most 1 MiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON',
    help: 'Send bodies as `application/json`.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'The key was used for another request',
    help: 'This `Idempotency-Key` belongs to a request with another path or body. Use a new key for a new request.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    help: 'The bucket of the key is empty, or as much as one key may have is at work or kept; `detail` says which. Ask again after `Retry-After`.',
  },
  internal: {
    status: 500,
    title: 'A defect',
    help: 'Nothing is known to be changed. Tell the operator the `instance`; it leads to the log.',
  },
  unavailable: {
    status: 503,
    title: 'Not available now',
    help: 'A part of the installation, or Microsoft, does not answer. Nothing was changed; ask again after `Retry-After`.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>;
export type ProblemKind = keyof typeof problemKinds;

/** One thing that is wrong with a request, and where: in the body, the query or a header. */
export const fieldProblem = z
  .object({
    detail: z.string(),
    pointer: z.string().optional().describe('JSON pointer into the body, as a URI fragment'),
    parameter: z.string().optional().describe('Name of a query parameter'),
    header: z.string().optional().describe('Name of a header'),
  })
  .meta({ id: 'FieldProblem' });
export type FieldProblem = z.infer<typeof fieldProblem>;

export const problemSchema = z
  .object({
    type: z.string().describe('`urn:holdfast:problem:` and the kind'),
    title: z.string(),
    status: z.number().int().min(400).max(599),
    detail: z.string().describe('A sentence: what happened, and what to do'),
    instance: z.string().describe('Names this one request in the log'),
    errors: z.array(fieldProblem).optional(),
  })
  .meta({ id: 'Problem' });

export const problemMedia = 'application/problem+json';

/** Refuses a request in the words of the API. Everything else that is thrown is translated. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly errors: FieldProblem[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    kind: ProblemKind,
    detail: string,
    more: { errors?: FieldProblem[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** Kinds of refusal that pass by themselves: each says after how long to ask again. */
export const waits: ReadonlySet<ProblemKind> = new Set(['rate-limited', 'unavailable']);

/** What the codes of the house are called outside. What is not named here is a defect. */
const kinds: Partial<Record<ErrorCode, ProblemKind>> = {
  'input.invalid': 'invalid-request',
  'not-found': 'not-found',
  forbidden: 'forbidden',
  unauthenticated: 'unauthenticated',
  conflict: 'conflict',
  expired: 'gone',
  'too-many': 'rate-limited',
  'too-broad': 'invalid-request',
  'consent.missing': 'conflict',
  'consent.refused': 'conflict',
  'source.gone': 'conflict',
  'source.refused': 'conflict',
  'source.unavailable': 'unavailable',
  throttled: 'unavailable',
  'lease.lost': 'unavailable',
  'vault.unavailable': 'unavailable',
  'vault.full': 'unavailable',
  'vault.damaged': 'conflict',
};

/** Any error as a problem; null for a defect, whose message nobody outside may read. */
export function problemOf(err: unknown): Problem | null {
  if (err instanceof Problem) return err;
  if (!isAppError(err)) return null;
  const kind = err.retryable && err.code === 'internal' ? 'unavailable' : kinds[err.code];
  if (kind === undefined) return null;
  const seconds = Math.max(1, Math.ceil((err.retryAfterMs ?? 5_000) / 1000));
  const { field } = err.data;
  const errors =
    kind === 'invalid-request' && typeof field === 'string' && field !== ''
      ? [{ detail: err.message, pointer: pointerTo(field.split('.')) }]
      : undefined;
  return new Problem(kind, err.message, {
    ...(errors === undefined ? {} : { errors }),
    headers: waits.has(kind) ? { 'retry-after': String(seconds) } : {},
  });
}

/** `#/selection/itemIds/0`, RFC 6901 in the form for URI fragments. */
export function pointerTo(path: readonly PropertyKey[]): string {
  const steps = path.map((step) =>
    encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return ['#', ...steps].join('/');
}

/** @param instance names the request in the log */
export function problemBody(problem: Problem, instance: string): z.input<typeof problemSchema> {
  const { status, title } = problemKinds[problem.kind];
  return {
    type: `urn:holdfast:problem:${problem.kind}`,
    title,
    status,
    detail: problem.message,
    instance,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
}

export function problemAnswer(problem: Problem, instance: string): Response {
  const body = problemBody(problem, instance);
  const headers = { ...problem.headers, 'content-type': problemMedia };
  return Response.json(body, { status: body.status, headers });
}
