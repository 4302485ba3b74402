import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { listInvoiceRows } from './invoices-store.ts';
import { type InvoiceSummary, viewInvoice } from './view.ts';

/** Newest first, as they were when Stripe was last asked; those of accounts within reach. */
export async function listInvoices(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<InvoiceSummary[]> {
  requirePermission(ctx, 'usage.read');
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listInvoiceRows(tx, ctx.mspId),
  );
  return rows.map(viewInvoice);
}
