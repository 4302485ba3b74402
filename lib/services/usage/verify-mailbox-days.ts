import type { z } from 'zod';
import { type Day, dayOf, nextDay, type Period, periodBounds } from '#lib/billing/days.ts';
import { customersOf, findPeriod, listAccounts } from '../billing/store.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { monthInput } from './input.ts';
import { daysUnlikeTheirMailboxes } from './store.ts';
import type { LedgerProof } from './verify-ledger.ts';

/**
 * Goes below `verifyLedger`: makes the hash and the counts of each day of a closed month again of its
 * mailboxes, for every version that a day ever had. A day at a time, since a month of 100,000 mailboxes
 * has three million rows.
 */
export async function verifyMailboxDays(
  ctx: ServiceContext,
  input: z.input<typeof monthInput>,
): Promise<LedgerProof> {
  requirePermission(ctx, 'billing.read');
  const { period } = parse(monthInput, input);
  if (reachOf(ctx).customers !== 'all') throw notFound();
  const scope = { mspId: ctx.mspId, tenantId: null };
  const closed = await withScope(ctx.db, scope, async (tx) => {
    const found: { tenantIds: string[] }[] = [];
    for (const account of await listAccounts(tx, ctx.mspId)) {
      if ((await findPeriod(tx, { mspId: ctx.mspId, accountId: account.id }, period)) === undefined)
        continue;
      found.push({ tenantIds: (await customersOf(tx, account, period)).map(({ id }) => id) });
    }
    return found;
  });
  const tenantIds = closed.flatMap((account) => account.tenantIds);
  const findings: string[] = [];
  for (const day of closed.length === 0 ? [] : daysOf(period)) {
    const unlike = await withScope(ctx.db, scope, (tx) =>
      daysUnlikeTheirMailboxes(tx, { mspId: ctx.mspId, tenantIds }, day),
    );
    findings.push(
      ...unlike.map(({ name }) => `${day} of ${name} is not what its mailboxes come to.`),
    );
  }
  return { intact: findings.length === 0, periods: closed.length, findings };
}

function daysOf(period: Period): Day[] {
  const { start, end } = periodBounds(period);
  const days: Day[] = [];
  for (let day = dayOf(start); day < dayOf(end); day = nextDay(day)) days.push(day);
  return days;
}
