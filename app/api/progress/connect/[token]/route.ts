import { signedIn } from '#app/_server/context.ts';
import { connectContext } from '#app/_server/deps.ts';
import { answerPublicly } from '#app/_server/route.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { connectStamp } from '#app/connect/parts/connect-stamp.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';

interface Context {
  params: Promise<{ token: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { token } = await params;
  return answerPublicly(async () => {
    const subject = (await signedIn())?.subject ?? null;
    const ctx = await connectContext();
    const view = await askAsStranger(token, () => lookAtLink(ctx, { token, subject }));
    return { stamp: connectStamp(view) };
  });
}
