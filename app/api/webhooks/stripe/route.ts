import { connection } from 'next/server';
import { portalDeps } from '#app/_server/deps.ts';
import { readBody } from '#lib/api/read-request.ts';
import { isAppError } from '#lib/core/errors.ts';
import { receiveNotice } from '#lib/services/billing/receive-notice.ts';

/** Far more than Stripe sends. */
const bodyBytesMax = 512 * 1024;

/** What Stripe tells. The body is taken as it came: its signature is over these bytes. */
export async function POST(request: Request): Promise<Response> {
  await connection();
  const { db, clock, log, jobs, billing } = await portalDeps();
  const answer = (status: number) => new Response(null, { status });
  const bytes = await readBody(request, bodyBytesMax).catch(() => null);
  if (bytes === null) return answer(413);
  const body = bytes.toString();
  try {
    await receiveNotice(
      { db, clock, deps: { jobs, log } },
      { body, signature: request.headers.get('stripe-signature') },
      billing,
    );
    return answer(200);
  } catch (err) {
    if (isAppError(err) && !err.retryable && err.code !== 'internal') {
      log.warn('a message in the name of Stripe was refused', { code: err.code });
      return answer(400);
    }
    // Stripe sends it again.
    log.error('a message of Stripe could not be taken', err);
    return answer(500);
  }
}
