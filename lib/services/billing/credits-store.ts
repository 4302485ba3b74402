import { and, asc, eq, isNull } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '#db/client.ts';
import { billingCredits, billingRefunds } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import type { AccountKey } from './store.ts';

export type CreditRow = typeof billingCredits.$inferSelect;
export type RefundRow = typeof billingRefunds.$inferSelect;

export interface KnownCredit {
  credit: CreditRow;
  /** What Stripe answered, where it was to send money. */
  refund: RefundRow | null;
  /** The refund that took its place. */
  replacedBy: string | null;
}

const replacement = alias(billingCredits, 'replacement');

const replaces = and(
  eq(replacement.mspId, billingCredits.mspId),
  eq(replacement.insteadOf, billingCredits.id),
);

/** What was given back, oldest first. */
export async function listCredits(
  tx: Transaction,
  mspId: string,
  of: { accountId?: string; invoiceId?: string } = {},
): Promise<KnownCredit[]> {
  return await tx
    .select({ credit: billingCredits, refund: billingRefunds, replacedBy: replacement.id })
    .from(billingCredits)
    .leftJoin(replacement, replaces)
    .leftJoin(
      billingRefunds,
      and(
        eq(billingRefunds.mspId, billingCredits.mspId),
        eq(billingRefunds.creditId, billingCredits.id),
      ),
    )
    .where(
      and(
        eq(billingCredits.mspId, mspId),
        of.accountId === undefined ? undefined : eq(billingCredits.accountId, of.accountId),
        of.invoiceId === undefined ? undefined : eq(billingCredits.invoiceId, of.invoiceId),
      ),
    )
    .orderBy(asc(billingCredits.createdAt), asc(billingCredits.id));
}

/** What the invoice of a month takes off, oldest first. What was sent back instead is none of it. */
export async function creditsBooked(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period: Period,
): Promise<CreditRow[]> {
  const rows = await tx
    .select({ credit: billingCredits })
    .from(billingCredits)
    .leftJoin(replacement, replaces)
    .where(
      and(
        eq(billingCredits.mspId, mspId),
        eq(billingCredits.accountId, accountId),
        eq(billingCredits.bookedPeriod, period),
        isNull(replacement.id),
      ),
    )
    .orderBy(asc(billingCredits.createdAt), asc(billingCredits.id));
  return rows.map(({ credit }) => credit);
}

/** Refunds that Stripe has not answered, oldest first. */
export async function waitingRefunds(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
): Promise<CreditRow[]> {
  const rows = await tx
    .select({ credit: billingCredits })
    .from(billingCredits)
    .leftJoin(
      billingRefunds,
      and(
        eq(billingRefunds.mspId, billingCredits.mspId),
        eq(billingRefunds.creditId, billingCredits.id),
      ),
    )
    .where(
      and(
        eq(billingCredits.mspId, mspId),
        eq(billingCredits.accountId, accountId),
        eq(billingCredits.way, 'refund'),
        isNull(billingRefunds.creditId),
      ),
    )
    .orderBy(asc(billingCredits.createdAt), asc(billingCredits.id));
  return rows.map(({ credit }) => credit);
}

export async function addCredit(
  tx: Transaction,
  row: typeof billingCredits.$inferInsert,
): Promise<void> {
  await tx.insert(billingCredits).values(row);
}

/** @returns false where it was known already */
export async function addRefund(
  tx: Transaction,
  row: typeof billingRefunds.$inferInsert,
): Promise<boolean> {
  const added = await tx
    .insert(billingRefunds)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: billingRefunds.creditId });
  return added.length > 0;
}
