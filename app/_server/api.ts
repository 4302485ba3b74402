import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Database } from '#db/client.ts';
import { openCursor, sealCursor } from '#lib/api/cursor.ts';
import { openAnswer, sealAnswer } from '#lib/api/kept-answer.ts';
import { queryOf } from '#lib/api/openapi.ts';
import {
  type Match,
  matchPath,
  type Operation,
  type OperationResult,
  scopesOf,
} from '#lib/api/operation.ts';
import { Problem, problemAnswer, problemOf } from '#lib/api/problem.ts';
import {
  checkBody,
  parseJson,
  readBody,
  readIdempotencyKey,
  readQuery,
  readSecret,
} from '#lib/api/read-request.ts';
import { clientHeader, type Strangers } from '#lib/auth/strangers.ts';
import type { Clock } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { requireReach, type ServiceContext } from '#lib/services/context.ts';
import type { Deps } from '#lib/services/deps.ts';
import { authenticateKey } from '#lib/services/keys/authenticate.ts';
import { claimAnswer, keepAnswer, releaseAnswer } from '#lib/services/keys/claim-answer.ts';
import { allowanceOf } from '#lib/services/keys/rules.ts';
import { isSecretShaped } from '#lib/services/keys/secret.ts';
import { fenced } from '#lib/services/reach.ts';

/** What an operation is called with: a verb's context, and where the installation is. */
export interface ApiContext extends ServiceContext {
  /** Where links of ours begin. */
  portalUrl: string;
  exportFolder: string | null;
}

/** What answers for the API. Nothing in it comes from Next, so tests call it as the portal does. */
export interface ApiHouse {
  operations: readonly Operation<ApiContext>[];
  db: Database;
  clock: Clock;
  deps: Deps;
  portalUrl: string;
  exportFolder: string | null;
  /** What cursors are signed with. */
  secret: string;
  requestsPerMinute: number;
  strangers: Strangers;
  /** The document, for whoever asks, key or not. */
  document(): unknown;
}

const base = '/api/v1';

/** Every answer below `/api/v1` but the page for people. Never throws. */
export async function answerApi(request: Request, house: ApiHouse): Promise<Response> {
  const instance = `urn:uuid:${newId()}`;
  const headers = new Headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  const response = await answer(request, house, headers).catch((err) => {
    const problem = problemOf(err);
    if (problem !== null) return problemAnswer(problem, instance);
    house.deps.log.error('a request to the API failed', err, { instance });
    const sentence = 'Something went wrong here, and nothing is known to be changed. Try again.';
    return problemAnswer(new Problem('internal', sentence), instance);
  });
  if (response.status === 401) response.headers.set('www-authenticate', 'Bearer realm="Holdfast"');
  for (const [name, value] of headers) response.headers.set(name, value);
  if (request.method !== 'HEAD') return response;
  await response.body?.cancel();
  return new Response(null, response);
}

async function answer(request: Request, house: ApiHouse, headers: Headers): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(base.length);
  const isDocument = path === '/openapi.json';
  const match = matchPath(house.operations, path);
  const allow = isDocument ? ['GET', 'HEAD'] : methodsOf(match);
  if (allow.length === 0) {
    throw new Problem(
      'not-found',
      'There is no such path. The document is at /api/v1/openapi.json.',
    );
  }
  if (request.method === 'OPTIONS') {
    const all = [...allow, 'OPTIONS'].join(', ');
    return new Response(null, { status: 204, headers: { allow: all } });
  }
  if (!allow.includes(request.method)) {
    throw new Problem('method-not-allowed', `This path has ${allow.join(', ')}.`, {
      headers: { allow: allow.join(', ') },
    });
  }
  if (isDocument) return Response.json(house.document());
  const operation = match.methods.get(request.method === 'HEAD' ? 'GET' : request.method)!;
  const secret = readSecret(request.headers);
  const address = request.headers.get(clientHeader) ?? '';
  const ctx = await enter(house, { address, secret }, headers);
  requireScope(operation, ctx);
  const query = readQuery(queryOf(operation), url.searchParams);
  const bytes = operation.method === 'POST' ? await readBody(request) : Buffer.alloc(0);
  const body = readBodyOf(operation, bytes, request.headers.get('content-type'));
  const asked: Asked = { operation, ctx, secret, url, path: match.path, query, body, bytes };
  const key = operation.method === 'POST' ? readIdempotencyKey(request.headers) : null;
  if (key !== null) return await performOnce(asked, house, key);
  return respond(asked, house, await perform(asked, house));
}

function methodsOf({ methods }: Match<ApiContext>): string[] {
  return [...methods].flatMap(([method, operation]) =>
    // Handing out a file is an act that is noted, and its head alone would be noted as one.
    method === 'GET' && operation.media === undefined ? ['GET', 'HEAD'] : [method],
  );
}

/** A request that may be carried out: who asks is known, and what they say is in its form. */
interface Asked {
  operation: Operation<ApiContext>;
  ctx: ApiContext;
  secret: string;
  url: URL;
  path: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  /** The body as it was sent. */
  bytes: Buffer;
}

type Result = OperationResult<unknown, unknown>;

async function perform(asked: Asked, house: ApiHouse): Promise<Result> {
  const { operation, ctx, path, query, body } = asked;
  const { cursor, limit, ...own } = query;
  return await operation.run({
    ...{ ctx, path, body },
    query: own,
    after: cursor === undefined ? null : positionOf(asked, house.secret, cursor),
    limit: typeof limit === 'number' ? limit : (operation.page?.usual ?? 0),
  });
}

/** With an idempotency key: carried out by the first of several, and answered alike to all of them. */
async function performOnce(asked: Asked, house: ApiHouse, key: string): Promise<Response> {
  const { operation, ctx, secret, url, path, bytes } = asked;
  // What was answered before is not said again of a customer that the key reaches no more.
  if (path.customerId !== undefined) requireReach(ctx, { tenantId: path.customerId });
  const hash = createHash('sha256')
    .update(JSON.stringify([operation.method, url.pathname]))
    .update(bytes);
  const claim = await claimAnswer(ctx, { idempotencyKey: key, requestHash: hash.digest('hex') });
  if (claim.kind === 'answered') {
    const { status, body, location } = claim.answer;
    const again = respondJson(status, openAnswer(secret, key, body), location);
    again.headers.set('idempotency-replayed', 'true');
    return again;
  }
  refuseClaim(claim.kind);
  const result = await perform(asked, house).catch(async (err) => {
    if (isRefusal(err)) await releaseAnswer(ctx, key);
    throw err;
  });
  if (!('body' in result)) throw new Error(`${operation.id} has an answer that cannot be kept`);
  const location = result.location ?? null;
  const body = sealAnswer(secret, key, result.body);
  await keepAnswer(ctx, key, { status: operation.status, body, location });
  return respondJson(operation.status, result.body, location);
}

/**
 * Refused is not begun, and the key may be used again. After a defect, or when the catalogue was lost
 * in the middle, nobody knows how far it got, and the claim stays.
 */
function isRefusal(err: unknown): boolean {
  return err instanceof Problem || (isAppError(err) && err.code !== 'internal');
}

/** Who calls, if they may call now. Every answer from here on says how many requests are left. */
async function enter(
  house: ApiHouse,
  who: { address: string; secret: string },
  headers: Headers,
): Promise<ApiContext> {
  const { db, clock, deps, portalUrl, exportFolder, requestsPerMinute } = house;
  const allowance = allowanceOf(requestsPerMinute);
  const authenticate = () => authenticateKey({ db, clock }, who.secret, allowance);
  // What has not the form of a key is refused without a look.
  const { mspId, actor, left } = await (isSecretShaped(who.secret)
    ? house.strangers.ask(who, authenticate)
    : authenticate());
  const fullInS = Math.ceil((allowance.size - Math.max(0, left)) / allowance.perSecond);
  headers.set('ratelimit-policy', `"key";q=${requestsPerMinute};w=60`);
  headers.set('ratelimit', `"key";r=${Math.max(0, Math.floor(left))};t=${fullInS}`);
  if (left < 0) {
    const waitS = Math.max(1, Math.ceil(-left / allowance.perSecond));
    throw new Problem('rate-limited', `This key has no request left. Wait ${waitS} s.`, {
      headers: { 'retry-after': String(waitS) },
    });
  }
  return { mspId, actor, db: fenced(db, actor.reach), clock, deps, portalUrl, exportFolder };
}

/** Before anything is read of the request; the verb asks for itself once more. */
function requireScope(operation: Operation<ApiContext>, ctx: ApiContext): void {
  const { actor } = ctx;
  const held: readonly string[] = actor.kind === 'key' ? actor.scopes : [];
  const lacking = scopesOf(operation).find((scope) => !held.includes(scope));
  if (lacking === undefined) return;
  throw new Problem('forbidden', `This key lacks the scope ${lacking}.`);
}

function readBodyOf(
  operation: Operation<ApiContext>,
  bytes: Buffer,
  contentType: string | null,
): unknown {
  const body = parseJson(bytes, contentType);
  if (operation.body !== undefined) return checkBody(operation.body, body);
  const empty =
    body === undefined ||
    (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
  if (empty) return undefined;
  throw new Problem('invalid-request', 'This operation takes no body.', {
    errors: [{ detail: 'Leave the body out.', pointer: '#' }],
  });
}

/** A cursor is of one list: this operation, these ids, these filters. */
function placeOf({ operation, path, query }: Asked): string {
  const filters = Object.entries(query)
    .filter(([name, value]) => value !== undefined && name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([operation.id, path, filters]);
}

function positionOf(asked: Asked, secret: string, cursor: unknown): unknown {
  const opened = openCursor(secret, placeOf(asked), String(cursor));
  const position = asked.operation.page!.position.safeParse(opened);
  if (position.success) return position.data;
  throw new Problem('invalid-request', 'This cursor is not one of this list. Begin at its start.', {
    errors: [{ detail: 'Take the `next` of the page before, as it is.', parameter: 'cursor' }],
  });
}

function refuseClaim(kind: 'mine' | 'at-work' | 'another-request' | 'lost'): void {
  if (kind === 'at-work') {
    throw new Problem('at-work', 'The first request with this Idempotency-Key is still at work.', {
      headers: { 'retry-after': '1' },
    });
  }
  if (kind === 'another-request') {
    throw new Problem(
      'idempotency-mismatch',
      'This Idempotency-Key was sent with another request before.',
      { errors: [{ detail: 'Take a new key for a new request.', header: 'Idempotency-Key' }] },
    );
  }
  if (kind === 'lost') {
    throw new Problem(
      'outcome-unknown',
      'The first request with this Idempotency-Key broke off. Look whether it happened, then use a new key.',
    );
  }
}

function respond(asked: Asked, house: ApiHouse, result: Result): Response {
  const { operation, url } = asked;
  if ('file' in result) {
    const { media, fileName, bytes, body } = result.file;
    return new Response(Readable.toWeb(body) as ReadableStream, {
      status: operation.status,
      headers: {
        'content-type': media,
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${fileName}"`,
      },
    });
  }
  if ('body' in result) return respondJson(operation.status, result.body, result.location ?? null);
  const { items, next } = result;
  const cursor = next === null ? null : sealCursor(house.secret, placeOf(asked), next);
  const response = Response.json({ items, next: cursor }, { status: operation.status });
  if (cursor !== null) {
    const query = new URLSearchParams(url.searchParams);
    query.set('cursor', cursor);
    response.headers.set('link', `<${url.pathname}?${query}>; rel="next"`);
  }
  return response;
}

function respondJson(status: number, body: unknown, location: string | null): Response {
  return Response.json(body, { status, ...(location === null ? {} : { headers: { location } }) });
}
