import { dayOf, nextPeriod, type Period, periodBounds, periodOf } from '#lib/billing/days.ts';
import { accountNow } from '../billing/account-clock.ts';
import type { AccountRow } from '../billing/store.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { closingScope, findClosing, loadAccount } from './store.ts';

/** Months of an account that are over and not final, oldest first. */
export async function monthsToClose(
  ctx: ServiceContext,
  input: { accountId: string },
): Promise<Period[]> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const account = await loadAccount(tx, ctx, input.accountId);
    const now = accountNow(account, ctx.clock);
    const through = account.observedThrough;
    const first = firstMonth(account);
    if (first === null || through === null) return [];
    const due: Period[] = [];
    const key = { mspId: ctx.mspId, accountId: account.id };
    for (let month = first; periodBounds(month).end <= now; month = nextPeriod(month)) {
      if (account.endedPeriod !== null && month >= account.endedPeriod) break;
      const known = await findClosing(tx, key, month);
      if (known?.state !== 'finalised') due.push(month);
      if (due.length >= 24) break;
    }
    return due;
  });
}

/** The month in which an account begins; on a test clock, the one it subscribed in. */
export function firstMonth(account: AccountRow): Period | null {
  const begun = account.startedPeriod;
  if (account.tenantId !== null) return account.stripeSubscriptionId === null ? null : begun;
  if (account.testClockId !== null) return begun;
  const ledger = periodOf(dayOf(account.createdAt));
  return begun !== null && begun < ledger ? begun : ledger;
}
