import { portalDeps } from '#app/_server/deps.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { paths } from '#app/paths.ts';
import { finishCheckout } from '#lib/services/billing/finish-checkout.ts';

export { refuseHead as HEAD };

/** Where Stripe's page leads back to: what became of it is read, and shown with the month. */
export async function GET(request: Request): Promise<Response> {
  return answerFile(async (ctx) => {
    const { billing, config } = await portalDeps();
    const accountId = new URL(request.url).searchParams.get('accountId');
    await finishCheckout(ctx, accountId === null ? {} : { accountId }, billing);
    return new Response(null, {
      status: 303,
      headers: { location: `${config.portalUrl}${paths.billing()}`, 'cache-control': 'no-store' },
    });
  });
}
