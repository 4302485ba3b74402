import { answer } from '#app/_server/route.ts';
import { exportStamp } from '#app/(portal)/exports/parts/export-state.ts';
import { getExport } from '#lib/services/exports/get.ts';

interface Context {
  params: Promise<{ tenantId: string; exportId: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const place = await params;
  return answer(async (ctx) => ({
    stamp: exportStamp(await getExport(ctx, { ...place, subjects: false })),
  }));
}
