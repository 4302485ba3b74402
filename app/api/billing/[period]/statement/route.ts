import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { AppError } from '#lib/core/errors.ts';
import { getStatement } from '#lib/services/usage/statement.ts';

export { refuseHead as HEAD };

const forms = ['pdf', 'csv', 'json'] as const;

/** A month per customer, with the ledger's hash. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ period: string }> },
): Promise<Response> {
  const { period } = await params;
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const query = new URL(request.url).searchParams;
    const as = forms.find((form) => form === query.get('as'));
    if (as === undefined) {
      throw new AppError('input.invalid', 'A statement is a PDF, a CSV or a JSON file.');
    }
    const [accountId, tenantId, planId] = ['account', 'customer', 'list'].map((name) =>
      query.get(name),
    );
    const { fileName, contentType, body } = await getStatement(ctx, {
      period,
      as,
      ...(accountId ? { accountId } : {}),
      ...(tenantId ? { tenantId } : {}),
      ...(planId ? { planId } : {}),
    });
    return new Response(body as BodyInit, {
      headers: {
        'content-type': contentType,
        'content-disposition': `attachment; filename="${fileName}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  });
}
