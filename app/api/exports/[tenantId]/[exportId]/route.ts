import { Readable } from 'node:stream';
import { portalDeps } from '#app/_server/deps.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { AppError } from '#lib/core/errors.ts';
import { downloadExport } from '#lib/services/exports/download.ts';

interface Context {
  params: Promise<{ tenantId: string; exportId: string }>;
}

export { refuseHead as HEAD };

/** The archive itself, as it lies on the disk. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const place = await params;
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const { exportFolder } = (await portalDeps()).config;
    if (exportFolder === null) {
      throw new AppError('conflict', 'This portal does not know where finished exports lie.');
    }
    const { fileName, bytes, body } = await downloadExport(ctx, place, exportFolder);
    return new Response(Readable.toWeb(body) as ReadableStream, {
      headers: {
        'content-type': 'application/zip',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${fileName}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  });
}
