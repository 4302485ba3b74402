import type { z } from 'zod';
import { isZero, negative, sumAmounts } from '#lib/billing/money.ts';
import { AppError } from '#lib/core/errors.ts';
import { chosenAccount } from '../billing/ensure-account.ts';
import { writeOffInput } from '../billing/input.ts';
import { findInvoice } from '../billing/invoices-store.ts';
import { lockAccount } from '../billing/store.ts';
import { linesOf } from '../billing/view.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { amountOwed } from './amount-owed.ts';
import { subtotal } from './invoices-of-month.ts';
import { closingScope, findClosing, noteWrittenOff } from './store.ts';

/**
 * Ends a month that nothing bills, since its subscription ended: somebody invoiced it otherwise or asks
 * nothing for it, and says so. The ledger keeps the month as it was closed; no later invoice carries it.
 */
export async function writeOff(
  ctx: ServiceContext,
  input: z.input<typeof writeOffInput>,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period, reason } = parse(writeOffInput, input);
  const account = await chosenAccount(ctx, accountId);
  requireWithin(ctx, account.tenantId === null ? null : [account.tenantId]);
  const key = { mspId: ctx.mspId, accountId };
  await withScope(ctx.db, closingScope(ctx), async (tx) => {
    await lockAccount(tx, key);
    const closing = await findClosing(tx, key, period);
    if (closing === undefined) throw notFound();
    if (closing.state !== 'held' || closing.step !== 'left-out') {
      throw new AppError(
        'conflict',
        'Only a month that no invoice will bill is written off. This one is not, or it is being compared just now. Nothing was changed.',
      );
    }
    const invoice =
      closing.invoiceId === null ? undefined : await findInvoice(tx, ctx.mspId, closing.invoiceId);
    const due = await amountOwed(tx, key, period);
    const billed =
      invoice === undefined || invoice.currency !== due.currency
        ? sumAmounts([], due.currency)
        : subtotal({ lines: linesOf(invoice), currency: due.currency });
    const amount = sumAmounts(
      [due.total, isZero(billed, due.currency) ? billed : negative(billed)],
      due.currency,
    );
    if (amount.startsWith('-')) {
      throw new AppError(
        'conflict',
        'More was given back than this month comes to, so there is nothing to write off. Nothing was changed.',
      );
    }
    await noteWrittenOff(tx, key, period, { reason, at: ctx.clock.now() });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.write-off',
      entity: 'account',
      entityId: accountId,
      facts: { period, amount: `${amount} ${due.currency.toUpperCase()}`, reason },
    });
  });
}
