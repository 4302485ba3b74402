import { answer } from '#app/_server/route.ts';
import { runStamp } from '#app/(portal)/runs/parts/run-state.ts';
import { getRun } from '#lib/services/runs/get.ts';

interface Context {
  params: Promise<{ tenantId: string; runId: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const place = await params;
  // Asked for every second of a run, and its sums alone are in the stamp.
  return answer(async (ctx) => ({
    stamp: runStamp(await getRun(ctx, { ...place, mailboxes: 'none' })),
  }));
}
