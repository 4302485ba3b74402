import { answer } from '#app/_server/route.ts';
import { restoreStamp } from '#app/(portal)/restores/parts/restore-state.ts';
import { getRestore } from '#lib/services/restores/get.ts';

interface Context {
  params: Promise<{ tenantId: string; restoreId: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const place = await params;
  return answer(async (ctx) => ({
    stamp: restoreStamp(await getRestore(ctx, { ...place, folders: false })),
  }));
}
