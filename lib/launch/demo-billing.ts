import { openDatabase } from '#db/client.ts';
import { newToken } from '#lib/core/ids.ts';
import { finishCheckout } from '#lib/services/billing/finish-checkout.ts';
import { liveByClock } from '#lib/services/billing/live-by-clock.ts';
import { overview } from '#lib/services/billing/overview.ts';
import { startCheckout } from '#lib/services/billing/start-checkout.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { LaunchError } from './failure.ts';
import { FormBrowser } from './form-browser.ts';
import type { HouseServices } from './services.ts';

/**
 * Subscribes the demo's provider at the stand-in for Stripe the way its owner does: the product's own
 * checkout, the page, the button. It lives by a clock of its own, which starts with the running month
 * and stands at the present. Does nothing where it is subscribed.
 */
export async function subscribeDemoMsp(
  services: HouseServices,
  ctx: ServiceContext,
  portalUrl: string,
): Promise<{ fresh: boolean }> {
  const { billing, jobs } = services;
  const before = await overview(ctx, billing);
  if (before.own?.account.subscribed) return { fresh: false };
  const now = ctx.clock.now();
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const accountId = await onClock(services, ctx, monthStart);
  const { url } = await startCheckout(ctx, { attempt: newToken() }, billing, {
    successUrl: `${portalUrl}/billing`,
    cancelUrl: `${portalUrl}/billing`,
  });
  const browser = new FormBrowser(portalUrl);
  const page = await browser.press(await browser.open(url), /^subscribe$/i);
  if (!page.arrived) {
    throw new LaunchError('failed', `Stripe's checkout did not lead back: ${page.url}`);
  }
  await finishCheckout(ctx, {}, billing);
  await jobs.startMoveClock({ mspId: ctx.mspId, accountId, to: now.toISOString() });
  return { fresh: true };
}

/** The portal cannot say by which time somebody is billed; whoever runs Holdfast can. */
async function onClock(services: HouseServices, ctx: ServiceContext, at: Date): Promise<string> {
  const operator = openDatabase(services.ownerUrl, { connections: 1 });
  try {
    const { accountId } = await liveByClock(
      { ...ctx, db: operator },
      { at, name: "The demo's provider" },
      services.billing,
    );
    return accountId;
  } finally {
    await operator.close();
  }
}
