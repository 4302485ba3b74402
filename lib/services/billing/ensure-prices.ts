import { dayOf, periodOf } from '#lib/billing/days.ts';
import { dimensions } from '#lib/billing/plan.ts';
import type { BillingSink, Catalogue } from '#lib/billing/sink.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { currentVersion } from './prepare-account.ts';
import { findAccount } from './store.ts';
import { told } from './told.ts';

/**
 * Brings the subscription of an account to the prices of its month. They change with a month and
 * never within one, and before anything of the new month is told to the meters.
 */
export async function ensurePrices(
  ctx: ServiceContext,
  input: { accountId: string },
  sink: BillingSink,
): Promise<Catalogue | null> {
  requirePermission(ctx, 'billing.manage');
  const scope = { mspId: ctx.mspId, tenantId: null };
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const found = await withScope(ctx.db, scope, async (tx) => {
    const account = await findAccount(tx, key);
    if (account?.stripeSubscriptionId == null || account.state === 'ended') return null;
    return { account, version: await currentVersion(tx, ctx, account) };
  });
  if (found === null) return null;
  const { account, version } = found;
  const subscriptionId = account.stripeSubscriptionId!;
  return await told(ctx, account, async () => {
    const catalogue = await sink.ensureCatalogue(version);
    const subscription = await sink.readSubscription(subscriptionId);
    const differs = dimensions.some(
      (dimension) =>
        (subscription.items[dimension]?.priceId ?? null) !==
        (catalogue.items[dimension]?.priceId ?? null),
    );
    const period = periodOf(dayOf(accountNow(account, ctx.clock)));
    const { currentPeriod } = subscription;
    // Until Stripe's own month has turned, the month before is what its prices are for.
    const turned = currentPeriod === null || dayOf(currentPeriod.end) > `${period}-01`;
    if (differs && turned && subscription.state !== 'ended') {
      await sink.changePrices({
        subscriptionId,
        catalogue,
        key: `${account.id}-${period}-v${version.version}`,
      });
    }
    return catalogue;
  });
}
