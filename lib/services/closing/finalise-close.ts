import type { Period } from '#lib/billing/days.ts';
import { isZero, negative, parseAmount, sumAmounts } from '#lib/billing/money.ts';
import type { BillingSink, InvoiceView } from '#lib/billing/sink.ts';
import { saveInvoice } from '../billing/invoices-store.ts';
import { type AccountRow, findPeriod, lockAccount } from '../billing/store.ts';
import { invoiceRow } from '../billing/sync-account.ts';
import { told } from '../billing/told.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { amountOwed, otherCurrency } from './amount-owed.ts';
import { holdMonth } from './hold-close.ts';
import { subtotal } from './invoices-of-month.ts';
import { sinkToClose } from './sink-to-close.ts';
import { type CloseInput, closingScope, findClosing, loadAccount, noteStep } from './store.ts';

/**
 * Step 9: everything agrees, so the invoice goes out, with the hash of the month that it was made of.
 * Killed after Stripe made it final and before that is written: it is found final, and written then.
 * @param input.early Stripe made it final before it could be held: what it lacks goes on the next
 */
export async function finaliseClose(
  ctx: ServiceContext,
  input: CloseInput & { early: boolean },
  sink: BillingSink | null,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period, early } = input;
  const key = { mspId: ctx.mspId, accountId };
  const { account, closing, closed } = await withScope(ctx.db, closingScope(ctx), async (tx) => ({
    account: await loadAccount(tx, ctx, accountId),
    closing: await findClosing(tx, key, period),
    closed: await findPeriod(tx, key, period),
  }));
  if (closing?.state === 'finalised' || closed === undefined) return;
  const invoiceId = closing?.invoiceId ?? null;
  if (invoiceId === null && (await isLeftOut(ctx, account, period))) {
    await holdMonth(ctx, account, period, leftOut(account), 'left-out');
    return;
  }
  let final: InvoiceView | null = null;
  if (invoiceId !== null) {
    final = await told(ctx, account, async () => {
      const stripe = sinkToClose(sink);
      const known = await stripe.readInvoice(invoiceId);
      if (known.state !== 'draft') return known;
      await stripe.annotate(invoiceId, { period, ledger_hash: hex(closed.hash) });
      return await stripe.finalise(invoiceId);
    });
  }
  const lacking: string | null = await withScope(ctx.db, closingScope(ctx), async (tx) => {
    await lockAccount(tx, key);
    if (final !== null) await saveInvoice(tx, invoiceRow(account, final, ctx.clock.now()));
    if ((await findClosing(tx, key, period))?.state === 'finalised') return null;
    const due = await amountOwed(tx, key, period);
    if (final !== null && final.currency !== due.currency) {
      return `This month is in ${due.currency.toUpperCase()}, and Stripe sent its invoice in ${final.currency.toUpperCase()}. No later invoice carries the difference. Settle it by hand and write the month off here.`;
    }
    if (final !== null && due.foreign.length > 0) return otherCurrency(due.foreign);
    const lacks = early && final !== null && !isSameMoney(due.total, subtotal(final), due.currency);
    // Without a subscription there is no next invoice to carry it.
    if (lacks && account.state === 'ended') return leftOut(account);
    await noteStep(tx, ctx, account, period, {
      step: lacks ? 'carried' : 'finalised',
      state: 'finalised',
      reason: lacks
        ? 'The invoice was final before Holdfast could compare it. The difference is on the next one.'
        : null,
      heldSince: null,
      finalisedAt: ctx.clock.now(),
    });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.finalise',
      entity: 'account',
      entityId: accountId,
      facts: { period, invoice: invoiceId, amount: closed.amount },
    });
    return null;
  });
  if (lacking !== null) await holdMonth(ctx, account, period, lacking, 'left-out');
}

/** A customer whose own account is over cannot subscribe with it again, and the MSP can. */
function leftOut({ tenantId }: AccountRow): string {
  const after =
    tenantId === null
      ? 'Subscribe again, and the invoice that comes bills it; or invoice it by hand and write it off here.'
      : 'Invoice it by hand, or not at all, and write it off here.';
  return `The subscription ended, so no invoice bills all of this month. The ledger has it, and nothing is charged. ${after}`;
}

/** Whether a month of a subscribed account counts something that is on no invoice. */
async function isLeftOut(
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
): Promise<boolean> {
  if (account.stripeSubscriptionId === null) return false;
  if (account.startedPeriod === null || account.startedPeriod > period) return false;
  const key = { mspId: ctx.mspId, accountId: account.id };
  return await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const due = await amountOwed(tx, key, period);
    if (due.foreign.length > 0) return true;
    // A minimum tops up what is subscribed to, and nothing else. A credit waits for the next invoice.
    const waits = account.state === 'ended' ? [] : [negative(due.credited)];
    const used = sumAmounts([due.total, negative(due.minimum), ...waits], due.currency);
    return !isZero(used, due.currency);
  });
}

function isSameMoney(a: string, b: string, currency: string): boolean {
  return parseAmount(a, currency) === parseAmount(b, currency);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
