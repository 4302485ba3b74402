import { asc, isNull } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingAccounts } from '#db/schema/billing.ts';
import { msps } from '#db/schema/msps.ts';
import type { ServiceContext } from '../context.ts';
import { withOperator } from '../transaction.ts';
import { ensureAccount } from './ensure-account.ts';

/**
 * Every account of the house, for the day's work. An MSP that has none gets one: its days are in the
 * ledger from now on, whether anybody ever pays.
 */
export async function allAccounts(
  process: Pick<ServiceContext, 'db' | 'clock' | 'deps'>,
): Promise<{ mspId: string; accountId: string }[]> {
  const known = await withOperator(process.db, async (tx) => ({
    msps: await tx.select({ id: msps.id }).from(msps).orderBy(asc(msps.createdAt), asc(msps.id)),
    own: await tx
      .select({ mspId: billingAccounts.mspId })
      .from(billingAccounts)
      .where(isNull(billingAccounts.tenantId)),
  }));
  const having = new Set(known.own.map(({ mspId }) => mspId));
  for (const { id: mspId } of known.msps) {
    if (!having.has(mspId)) await ensureAccount({ ...process, mspId, actor: { kind: 'system' } });
  }
  return await withOperator(process.db, allAccountIds);
}

/** Under the operator's scope: whose accounts there are, and nothing of them. */
export async function allAccountIds(
  tx: Transaction,
): Promise<{ mspId: string; accountId: string }[]> {
  return await tx
    .select({ mspId: billingAccounts.mspId, accountId: billingAccounts.id })
    .from(billingAccounts)
    .orderBy(asc(billingAccounts.createdAt), asc(billingAccounts.id));
}
