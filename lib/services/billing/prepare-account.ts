import { eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { msps } from '#db/schema/msps.ts';
import { dayOf, periodOf } from '#lib/billing/days.ts';
import type { BillingSink, Catalogue } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { type AccountRow, findAccount, planOf, planVersionFor, updateAccount } from './store.ts';
import { told } from './told.ts';

/** The prices that hold for an account in its running month, with the name of the plan. */
export async function currentVersion(tx: Transaction, ctx: ServiceContext, account: AccountRow) {
  const plan = await planOf(tx, account);
  const period = periodOf(dayOf(accountNow(account, ctx.clock)));
  const version = plan && (await planVersionFor(tx, plan.id, period));
  if (plan === undefined || version === undefined) {
    throw new AppError(
      'conflict',
      'No plan holds for this month, so there is nothing to subscribe to. The operator adds one with npm run plans.',
    );
  }
  return { ...version, name: plan.name };
}

/**
 * Makes an account known to Stripe: its customer, and the prices it would subscribe to. Finds again
 * what was made before. From here on the account stays on its plan.
 */
export async function prepareAccount(
  ctx: ServiceContext,
  accountId: string,
  sink: BillingSink,
): Promise<{ account: AccountRow; customerId: string; catalogue: Catalogue }> {
  const key = { mspId: ctx.mspId, accountId };
  const scope = { mspId: ctx.mspId, tenantId: null };
  const { account, version, name } = await withScope(ctx.db, scope, async (tx) => {
    const found = await findAccount(tx, key);
    if (found === undefined) throw new AppError('not-found', 'There is no such account.');
    return {
      account: found,
      version: await currentVersion(tx, ctx, found),
      name: await nameOf(tx, found),
    };
  });
  const { catalogue, customerId } = await told(ctx, account, async () => ({
    catalogue: await sink.ensureCatalogue(version),
    ...(await sink.ensureCustomer({
      accountId,
      name,
      email: null,
      clockId: account.testClockId,
      metadata: { msp_id: ctx.mspId },
    })),
  }));
  await withScope(ctx.db, scope, (tx) =>
    updateAccount(tx, key, {
      planId: version.planId,
      stripeCustomerId: customerId,
      trouble: null,
      troubleSince: null,
    }),
  );
  return {
    account: { ...account, planId: version.planId, stripeCustomerId: customerId },
    customerId,
    catalogue,
  };
}

async function nameOf(tx: Transaction, account: AccountRow): Promise<string> {
  if (account.tenantId !== null) {
    return (await loadTenant(tx, account.mspId, account.tenantId)).name;
  }
  const [row] = await tx.select({ name: msps.name }).from(msps).where(eq(msps.id, account.mspId));
  return row?.name ?? 'Holdfast';
}
