import { eq, gte, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingAccounts, stripeEvents, webhookRefusals } from '#db/schema/billing.ts';
import { addMs } from '#lib/core/clock.ts';
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

/** So long after the last one it is over; the next is counted from one. */
export const refusalsLastMs = 7 * 24 * 3_600_000;

/** @param mspId whose customer the message named; the count of the house where it named nobody's */
export async function countRefusal(
  tx: Transaction,
  cause: string,
  at: Date,
  mspId?: string,
): Promise<void> {
  const over = sql`${webhookRefusals.lastAt} < ${addMs(at, -refusalsLastMs).toISOString()}::timestamptz`;
  await tx
    .insert(webhookRefusals)
    .values({ cause: keyOfRefusal(cause, mspId), times: 1, firstAt: at, lastAt: at })
    .onConflictDoUpdate({
      target: webhookRefusals.cause,
      set: {
        times: sql`case when ${over} then 1 else ${webhookRefusals.times} + 1 end`,
        firstAt: sql`case when ${over} then excluded.first_at else ${webhookRefusals.firstAt} end`,
        lastAt: at,
      },
    });
}

/** What concerns an MSP: refusals of messages that name its customers, and events of nobody's. */
export async function listRefusals(
  tx: Transaction,
  mspId: string,
  now: Date,
): Promise<(typeof webhookRefusals.$inferSelect)[]> {
  const rows = await tx
    .select()
    .from(webhookRefusals)
    .where(gte(webhookRefusals.lastAt, addMs(now, -refusalsLastMs)));
  const own = keyOfRefusal('', mspId);
  return rows
    .filter(({ cause }) => cause === 'unknown-customer' || cause.endsWith(own))
    .map((row) => ({ ...row, cause: row.cause.replace(own, '') }));
}

function keyOfRefusal(cause: string, mspId: string | undefined): string {
  return mspId === undefined ? cause : `${cause} of ${mspId}`;
}
