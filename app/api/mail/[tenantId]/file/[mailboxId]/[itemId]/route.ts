import { Readable } from 'node:stream';
import { portalDeps } from '#app/_server/deps.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { AppError } from '#lib/core/errors.ts';
import { downloadItem } from '#lib/services/items/download.ts';

interface Context {
  params: Promise<{ tenantId: string; mailboxId: string; itemId: string }>;
}

export { refuseHead as HEAD };

/** An attachment (`?part=0`) or the whole item, as bytes that no browser opens by itself. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const ids = await params;
  const part = new URL(request.url).searchParams.get('part') ?? undefined;
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const { exportFolder } = (await portalDeps()).config;
    if (exportFolder === null) {
      throw new AppError('conflict', 'This portal does not know where the worker leaves files.');
    }
    const { fileName, bytes, body } = await downloadItem(ctx, { ...ids, part }, exportFolder);
    return new Response(Readable.toWeb(body) as ReadableStream, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${fileName}"`,
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-store, private',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      },
    });
  });
}
