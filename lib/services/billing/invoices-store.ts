import { and, desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingInvoices, billingReconciliations } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import { addMs } from '#lib/core/clock.ts';
import type { AccountKey } from './store.ts';
import type { InvoiceRow } from './view.ts';

/** Newest first. */
export async function listInvoiceRows(
  tx: Transaction,
  mspId: string,
  accountId?: string,
): Promise<InvoiceRow[]> {
  return await tx
    .select()
    .from(billingInvoices)
    .where(
      and(
        eq(billingInvoices.mspId, mspId),
        accountId === undefined ? undefined : eq(billingInvoices.accountId, accountId),
      ),
    )
    .orderBy(desc(billingInvoices.issuedAt), desc(billingInvoices.id))
    .limit(500);
}

export async function findInvoice(
  tx: Transaction,
  mspId: string,
  invoiceId: string,
): Promise<InvoiceRow | undefined> {
  const [row] = await tx
    .select()
    .from(billingInvoices)
    .where(and(eq(billingInvoices.mspId, mspId), eq(billingInvoices.id, invoiceId)));
  return row;
}

/** What two machines may differ by; what was read later than that was read on a clock that is wrong. */
export const clocksDifferMs = 5 * 60_000;

/** What is read later takes the place of what was read before, in whatever order they arrive. */
export async function saveInvoice(
  tx: Transaction,
  row: typeof billingInvoices.$inferInsert,
): Promise<void> {
  const { mspId: _, id: __, accountId: ___, tenantId: ____, ...change } = row;
  await tx
    .insert(billingInvoices)
    .values(row)
    .onConflictDoUpdate({
      target: [billingInvoices.mspId, billingInvoices.id],
      set: change,
      setWhere: sql`${billingInvoices.syncedAt} <= ${row.syncedAt.toISOString()}::timestamptz
        or ${billingInvoices.syncedAt} > ${addMs(row.syncedAt, clocksDifferMs).toISOString()}::timestamptz`,
    });
}

export type ReconciliationRow = typeof billingReconciliations.$inferSelect;

export async function addReconciliation(
  tx: Transaction,
  row: typeof billingReconciliations.$inferInsert,
): Promise<void> {
  await tx.insert(billingReconciliations).values(row);
}

/** The newest comparison of an account, of one month where that is named. */
export async function latestReconciliation(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period?: Period,
): Promise<ReconciliationRow | undefined> {
  const [row] = await tx
    .select()
    .from(billingReconciliations)
    .where(
      and(
        eq(billingReconciliations.mspId, mspId),
        eq(billingReconciliations.accountId, accountId),
        period === undefined ? undefined : eq(billingReconciliations.period, period),
      ),
    )
    .orderBy(desc(billingReconciliations.at))
    .limit(1);
  return row;
}
