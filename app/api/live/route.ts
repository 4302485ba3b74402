import { requireRouteContext } from '#app/_server/context.ts';
import { openLiveStream } from '#app/_server/live.ts';
import { answerPlainly } from '#app/_server/route.ts';
import { AppError } from '#lib/core/errors.ts';
import type { LiveViewer } from '#lib/services/live/concerns.ts';

/** What changes, as it changes: ids only, within the reach of whoever is signed in. */
export async function GET(request: Request): Promise<Response> {
  return answerPlainly(() => openLiveStream(listener, request.signal));
}

async function listener(): Promise<LiveViewer> {
  const { mspId, actor } = await requireRouteContext();
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to see this.');
  const { userId, subject, reach } = actor;
  return { mspId, userId, subject, reach };
}
