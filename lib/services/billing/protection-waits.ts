import type { Transaction } from '#db/client.ts';
import { dayOf, periodOf } from '#lib/billing/days.ts';
import type { ServiceContext } from '../context.ts';
import { accountOf } from './store.ts';

/** Whether newly found mailboxes of a customer wait for a payment that is missing. */
export async function protectionWaits(
  tx: Transaction,
  ctx: ServiceContext,
  tenantId: string,
): Promise<boolean> {
  const account = await accountOf(tx, ctx.mspId, tenantId, periodOf(dayOf(ctx.clock.now())));
  return account !== undefined && account.newProtectionPausedAt !== null;
}
