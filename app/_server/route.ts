import { connection } from 'next/server';
import { readBody } from '#lib/api/read-request.ts';
import { AppError, type ErrorCode, isAppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { requireRouteContext } from './context.ts';
import { portalDeps } from './deps.ts';
import { tell } from './failures.ts';
import { requireOwnOrigin } from './origin.ts';

/** A verb as JSON for pages of ours. `entityId`-shaped nonsense, foreign and missing are one 404. */
export async function answer<T>(view: (ctx: ServiceContext) => Promise<T>): Promise<Response> {
  return answerPublicly(async () => view(await requireRouteContext()));
}

/** The same for what a browser may ask without a membership. */
export async function answerPublicly<T>(view: () => Promise<T>): Promise<Response> {
  await connection();
  try {
    return Response.json(await view());
  } catch (err) {
    return Response.json({ error: await tell(err) }, { status: await statusOf(err) });
  }
}

/** The largest body that a page of ours sends outside of a form. */
const bodyBytesMax = 16 * 1024;

/** A verb called with a JSON body, by pages of ours alone: another origin is refused before anything is read. */
export async function answerOwn<T>(
  request: Request,
  view: (ctx: ServiceContext, body: unknown) => Promise<T>,
): Promise<Response> {
  return answerPublicly(async () => {
    await requireOwnOrigin(request.headers);
    const ctx = await requireRouteContext();
    return view(ctx, await readJson(request));
  });
}

async function readJson(request: Request): Promise<unknown> {
  const wrong = new AppError('input.invalid', 'The request is not what this page sends.');
  if (!request.headers.get('content-type')?.startsWith('application/json')) throw wrong;
  try {
    return JSON.parse((await readBody(request, bodyBytesMax)).toString());
  } catch {
    throw wrong;
  }
}

/** A file to keep. What went wrong is a sentence on an empty page, since people follow the link. */
export async function answerFile(
  open: (ctx: ServiceContext) => Promise<Response>,
): Promise<Response> {
  return answerPlainly(async () => open(await requireRouteContext()));
}

/** The same for what asks for itself who is signed in, if it has to know. */
export async function answerPlainly(open: () => Promise<Response>): Promise<Response> {
  await connection();
  try {
    return await open();
  } catch (err) {
    const wait = isAppError(err) ? err.retryAfterMs : undefined;
    const headers: HeadersInit =
      wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / 1000)) };
    return new Response(await tell(err), { status: await statusOf(err), headers });
  }
}

async function statusOf(err: unknown): Promise<number> {
  const status = isAppError(err) ? (statuses[err.code] ?? 500) : 500;
  if (status === 500) (await portalDeps()).log.error('a route failed', err);
  return status;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'input.invalid': 400,
  unauthenticated: 401,
  forbidden: 404,
  'not-found': 404,
  'consent.refused': 404,
  conflict: 409,
  expired: 410,
  throttled: 429,
  'too-many': 429,
  'too-broad': 400,
  'vault.unavailable': 503,
  'source.unavailable': 503,
};

/**
 * Next answers HEAD by GET and leaves the body open: a file handed out, noted in the log and read by
 * nobody. What hands out files, or shows mail, has no head to ask for.
 */
export function refuseHead(): Response {
  return new Response(null, {
    status: 405,
    headers: { allow: 'GET', 'cache-control': 'no-store' },
  });
}
