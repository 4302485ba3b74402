import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { dayOf, nextPeriod, type Period, periodOf } from '#lib/billing/days.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { directInput } from './input.ts';
import { type AccountRow, addAccount, listAccounts, updateAccount } from './store.ts';

/**
 * A customer gets an account of its own and pays for itself, from the next month on: the one that runs
 * stays whole on the invoice that it is on.
 */
export async function billDirectly(
  ctx: ServiceContext,
  input: z.input<typeof directInput>,
): Promise<{ accountId: string; from: Period }> {
  requirePermission(ctx, 'billing.manage');
  const { tenantId } = parse(directInput, input);
  requireReach(ctx, { tenantId });
  requireWithin(ctx, null);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId, readsFleet: true }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const accounts = await listAccounts(tx, ctx.mspId);
    const known = current(accounts, tenantId);
    if (known !== undefined) {
      throw new AppError('conflict', 'This customer pays for itself already. Nothing was changed.');
    }
    const from = nextPeriod(monthOf(ctx, accounts));
    const accountId = newId();
    await addAccount(tx, {
      mspId: ctx.mspId,
      id: accountId,
      tenantId,
      startedPeriod: from,
      createdAt: ctx.clock.now(),
    });
    await note(ctx, tx, 'billing.direct', { tenantId, accountId, month: from });
    return { accountId, from };
  });
}

/** The customer is the MSP's again, from the next month on. One that never began to pay is at once. */
export async function stopDirect(
  ctx: ServiceContext,
  input: z.input<typeof directInput>,
): Promise<{ until: Period }> {
  requirePermission(ctx, 'billing.manage');
  const { tenantId } = parse(directInput, input);
  requireReach(ctx, { tenantId });
  requireWithin(ctx, null);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId, readsFleet: true }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const accounts = await listAccounts(tx, ctx.mspId);
    const account = current(accounts, tenantId);
    if (account === undefined) {
      throw new AppError('conflict', 'This customer is on your invoice. Nothing was changed.');
    }
    const started = account.startedPeriod ?? monthOf(ctx, accounts);
    const next = nextPeriod(monthOf(ctx, accounts));
    // It ends where it would have begun: then it bills no month at all.
    const until = account.stripeSubscriptionId === null && started >= next ? started : next;
    await updateAccount(tx, { mspId: ctx.mspId, accountId: account.id }, { endedPeriod: until });
    await note(ctx, tx, 'billing.stop-direct', { tenantId, accountId: account.id, month: until });
    return { until };
  });
}

function current(accounts: readonly AccountRow[], tenantId: string): AccountRow | undefined {
  return accounts.find((row) => row.tenantId === tenantId && row.endedPeriod === null);
}

/** The month that runs for the MSP, whose account may live on a test clock. */
function monthOf(ctx: ServiceContext, accounts: readonly AccountRow[]): Period {
  const own = accounts.find(({ tenantId }) => tenantId === null);
  return periodOf(dayOf(own === undefined ? ctx.clock.now() : accountNow(own, ctx.clock)));
}

async function note(
  ctx: ServiceContext,
  tx: Transaction,
  action: 'billing.direct' | 'billing.stop-direct',
  of: { tenantId: string; accountId: string; month: Period },
): Promise<void> {
  await audit(ctx, tx, {
    tenantId: of.tenantId,
    action,
    entity: 'account',
    entityId: of.accountId,
    facts: { month: of.month },
  });
}
