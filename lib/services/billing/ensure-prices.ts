import type { Transaction } from '#db/client.ts';
import { dayOf, periodOf, previousPeriod } from '#lib/billing/days.ts';
import { dimensions } from '#lib/billing/plan.ts';
import type { BillingSink, Catalogue } from '#lib/billing/sink.ts';
import { findClosing } from '../closing/store.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { currentVersion } from './prepare-account.ts';
import { type AccountRow, findAccount } from './store.ts';
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
    return {
      account,
      version: await currentVersion(tx, ctx, account),
      over: await isOver(tx, account),
    };
  });
  if (found === null) return null;
  const { account, version, over } = found;
  const subscriptionId = account.stripeSubscriptionId!;
  if (over) {
    await told(ctx, account, () => sink.cancelSubscription({ subscriptionId, when: 'now' }));
    return null;
  }
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

/**
 * A customer is the MSP's again, and the last month of its own account is invoiced. One that went back
 * before its first month has none to wait for.
 */
async function isOver(tx: Transaction, account: AccountRow): Promise<boolean> {
  if (account.endedPeriod === null) return false;
  if (account.startedPeriod === null || account.startedPeriod >= account.endedPeriod) return true;
  const key = { mspId: account.mspId, accountId: account.id };
  const last = await findClosing(tx, key, previousPeriod(account.endedPeriod));
  return last?.state === 'finalised';
}
