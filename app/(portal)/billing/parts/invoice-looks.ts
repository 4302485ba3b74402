import type { StatusKind } from '#app/_ui/status.tsx';
import type { InvoiceSummary } from '#lib/services/billing/view.ts';

/** How the state of an invoice looks. */
export const invoiceLooks: Record<InvoiceSummary['status'], StatusKind> = {
  draft: 'run',
  open: 'late',
  paid: 'done',
  void: 'off',
  uncollectible: 'fail',
};
