import { answerOwn } from '#app/_server/route.ts';
import { findByName } from '#lib/services/palette/find.ts';

/** Names are looked for by POST, so that what somebody types stands in no address and no log. */
export async function POST(request: Request): Promise<Response> {
  return answerOwn(request, (ctx, body) => findByName(ctx, body as never));
}
