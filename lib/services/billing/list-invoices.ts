import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { listInvoiceRows } from './invoices-store.ts';
import { readCredits } from './read-credits.ts';
import { type InvoiceSummary, viewInvoice } from './view.ts';
import type { CreditView } from './view-credit.ts';

export interface ListedInvoice extends InvoiceSummary {
  /** What was given back of it, oldest first. */
  givenBack: CreditView[];
}

/** Newest first, as they were when Stripe was last asked; those of accounts within reach. */
export async function listInvoices(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<ListedInvoice[]> {
  requirePermission(ctx, 'usage.read');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const rows = await listInvoiceRows(tx, ctx.mspId);
    const credits = Map.groupBy(await readCredits(tx, ctx.mspId), ({ invoiceId }) => invoiceId);
    return rows.map((row) => ({ ...viewInvoice(row), givenBack: credits.get(row.id) ?? [] }));
  });
}
