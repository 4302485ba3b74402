import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingAccounts, stripeEvents, webhookRefusals } from '#db/schema/billing.ts';
import type { AccountRow } from './store.ts';

/** What Stripe told. A transaction sees the one event or account whose id or name it was opened with. */

export type StripeEventRow = typeof stripeEvents.$inferSelect;

/** False where it is known already. */
export async function addNotice(
  tx: Transaction,
  row: typeof stripeEvents.$inferInsert,
): Promise<boolean> {
  const added = await tx
    .insert(stripeEvents)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: stripeEvents.id });
  return added.length > 0;
}

export async function findNotice(
  tx: Transaction,
  noticeId: string,
): Promise<StripeEventRow | undefined> {
  const [row] = await tx.select().from(stripeEvents).where(eq(stripeEvents.id, noticeId));
  return row;
}

export async function settleNotice(
  tx: Transaction,
  noticeId: string,
  change: Pick<StripeEventRow, 'state' | 'handledAt'> &
    Partial<Pick<StripeEventRow, 'mspId' | 'accountId'>>,
): Promise<void> {
  await tx.update(stripeEvents).set(change).where(eq(stripeEvents.id, noticeId));
}

/** The account that the door of the transaction opens: by its name at Stripe, or its clock. */
export async function accountBehind(tx: Transaction, name: string): Promise<AccountRow[]> {
  return await tx
    .select()
    .from(billingAccounts)
    .where(
      sql`${billingAccounts.stripeCustomerId} = ${name} or ${billingAccounts.testClockId} = ${name}`,
    );
}

export async function countRefusal(tx: Transaction, cause: string, at: Date): Promise<void> {
  await tx
    .insert(webhookRefusals)
    .values({ cause, times: 1, firstAt: at, lastAt: at })
    .onConflictDoUpdate({
      target: webhookRefusals.cause,
      set: { times: sql`${webhookRefusals.times} + 1`, lastAt: at },
    });
}
