import { mailDocument, mailFrameHeaders } from '#app/_mail/mail-document.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { readPreviewHtml } from '#lib/services/items/read-html.ts';

interface Context {
  params: Promise<{ tenantId: string; previewId: string }>;
}

export { refuseHead as HEAD };

/** Formatted mail, for a frame of our own pages and for nothing else. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const ids = await params;
  const answer = await answerFile(async (ctx) => {
    requireOwnPage(request, 'iframe');
    const { html } = await readPreviewHtml(ctx, ids);
    return new Response(mailDocument(html));
  });
  // A refusal is a page under the same policy: this address never has another.
  for (const [name, value] of Object.entries(mailFrameHeaders)) answer.headers.set(name, value);
  if (!answer.ok) answer.headers.set('content-type', 'text/plain; charset=utf-8');
  return answer;
}
