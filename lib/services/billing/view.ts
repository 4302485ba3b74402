import type { AccountState, Verdict } from '#db/enums.ts';
import type { billingInvoices, billingReconciliations } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import type { InvoiceLine } from '#lib/billing/sink.ts';
import type { AccountRow } from './store.ts';

export interface AccountView {
  id: string;
  /** The customer that pays for itself; null for the MSP. */
  tenantId: string | null;
  state: AccountState;
  subscribed: boolean;
  firstDay: string | null;
  observedThrough: string | null;
  paymentFailedAt: Date | null;
  graceUntil: Date | null;
  newProtectionPausedAt: Date | null;
  /** Its months pass on a clock at Stripe that somebody moves. */
  onTestClock: boolean;
  clockAt: Date | null;
  startedPeriod: Period | null;
  endedPeriod: Period | null;
}

export function viewAccount(row: AccountRow): AccountView {
  return {
    id: row.id,
    tenantId: row.tenantId,
    state: row.state,
    subscribed: row.stripeSubscriptionId !== null,
    firstDay: row.firstDay,
    observedThrough: row.observedThrough,
    paymentFailedAt: row.paymentFailedAt,
    graceUntil: row.graceUntil,
    newProtectionPausedAt: row.newProtectionPausedAt,
    onTestClock: row.testClockId !== null,
    clockAt: row.clockAt,
    startedPeriod: row.startedPeriod,
    endedPeriod: row.endedPeriod,
  };
}

export type InvoiceRow = typeof billingInvoices.$inferSelect;

export const invoiceStatuses = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;

export interface InvoiceSummary {
  id: string;
  accountId: string;
  tenantId: string | null;
  period: Period;
  number: string | null;
  status: (typeof invoiceStatuses)[number];
  currency: string;
  total: string;
  amountDue: string;
  issuedAt: Date;
  finalisedAt: Date | null;
  paidAt: Date | null;
  dueAt: Date | null;
  /** Pages of Stripe's. */
  hostedUrl: string | null;
  pdfUrl: string | null;
  syncedAt: Date;
}

export function viewInvoice(row: InvoiceRow): InvoiceSummary {
  const { mspId: _, lines: __, ...rest } = row;
  return { ...rest, status: row.status as InvoiceSummary['status'] };
}

export function linesOf(row: InvoiceRow): InvoiceLine[] {
  return row.lines as InvoiceLine[];
}

/** Ledger, meters and invoice side by side, as they were at a moment. */
export interface ThreeWay {
  verdict: Verdict;
  at: Date;
  period: Period;
  lines: { dimension: string; ledger: number; meter: number | null; invoice: number | null }[];
  reason: string | null;
}

export function viewCheck(row: typeof billingReconciliations.$inferSelect): ThreeWay {
  const { verdict, at, period, lines, reason } = row;
  return { verdict, at, period, lines, reason };
}
