import type { CreditWay } from '#db/enums.ts';
import type { Period } from '#lib/billing/days.ts';
import type { ClosingRow } from '../closing/store.ts';
import type { CreditRow, KnownCredit } from './credits-store.ts';
import type { AccountRow } from './store.ts';

/**
 * `waits`: for the next invoice, or for Stripe. `given`: on an invoice that is final, or sent back.
 * `refused`: by Stripe. `no-invoice`: the account ended before an invoice took it off; should it
 * subscribe again, one may. `replaced`: sent back instead. `written-off`: with its month.
 */
export const creditStates = [
  'waits',
  'given',
  'refused',
  'no-invoice',
  'replaced',
  'written-off',
] as const;
type CreditState = (typeof creditStates)[number];

export interface CreditView {
  id: string;
  accountId: string;
  tenantId: string | null;
  way: CreditWay;
  amount: string;
  currency: string;
  reason: string;
  /** The invoice that it is about; that of a refund. */
  invoiceId: string | null;
  /** The month whose invoice takes it off; null for a refund. */
  period: Period | null;
  createdAt: Date;
  state: CreditState;
  /** When Stripe answered to a refund. */
  answeredAt: Date | null;
  /** Stripe's sentence, where it refused. */
  refusal: string | null;
}

/**
 * How far something that was given back is.
 * @param of.closings those of its account
 */
export function viewCredit(
  { credit, refund, replacedBy }: KnownCredit,
  of: { account: AccountRow; closings: readonly ClosingRow[] },
): CreditView {
  const { id, accountId, tenantId, way, amount, currency, reason, invoiceId, createdAt } = credit;
  return {
    ...{ id, accountId, tenantId, way, amount, currency, reason, invoiceId, createdAt },
    period: credit.bookedPeriod,
    state:
      way === 'refund'
        ? (refund?.outcome ?? 'waits')
        : replacedBy === null
          ? stateOnInvoice(credit, of)
          : 'replaced',
    answeredAt: refund?.at ?? null,
    refusal: refund?.reason ?? null,
  };
}

/** A month that had no invoice, or whose invoice was final too soon, hands it on to the next. */
function stateOnInvoice(
  { bookedPeriod }: CreditRow,
  { account, closings }: { account: AccountRow; closings: readonly ClosingRow[] },
): CreditState {
  const own = closings.filter(({ period }) => period >= bookedPeriod!);
  const last = own
    .toSorted((a, b) => a.period.localeCompare(b.period))
    .find(({ step, invoiceId }) =>
      invoiceId === null ? step === 'written-off' : step !== 'carried',
    );
  if (last?.step === 'written-off') return 'written-off';
  const ended = account.state === 'ended';
  if (last?.state === 'finalised') return 'given';
  if (last !== undefined) return ended && last.step === 'left-out' ? 'no-invoice' : 'waits';
  const over = account.endedPeriod !== null && account.endedPeriod <= bookedPeriod!;
  const stuck = own.some(({ state, invoiceId }) => state === 'held' && invoiceId === null);
  return over || (ended && stuck) ? 'no-invoice' : 'waits';
}
