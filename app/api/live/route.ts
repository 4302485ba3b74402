import { openLiveStream } from '#app/_server/live.ts';
import { answerFile } from '#app/_server/route.ts';
import { AppError } from '#lib/core/errors.ts';

/** What changes, as it changes: ids only, within the reach of whoever is signed in. */
export async function GET(request: Request): Promise<Response> {
  return answerFile(async ({ mspId, actor }) => {
    if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to see this.');
    const { userId, subject, reach } = actor;
    return await openLiveStream({ mspId, userId, subject, reach }, request.signal);
  });
}
