import { isZero, negative } from '#lib/billing/money.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { creditTitle } from '#lib/billing/statement.ts';
import { itemKeys } from '../billing/get-invoice.ts';
import { told } from '../billing/told.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { amountOwed } from './amount-owed.ts';
import { type CloseInput, closingScope, findClosing, loadAccount, noteStep } from './store.ts';

/**
 * Step 7: the lines that no meter makes, as the top-up to the minimum, what earlier months lacked and what was
 * given back. Each
 * has a key of its own that is the same whenever it is made: killed between two, or answered twice, each
 * is on the draft once.
 */
export async function addCloseItems(
  ctx: ServiceContext,
  input: CloseInput,
  sink: BillingSink,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const { account, closing, due } = await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const found = await loadAccount(tx, ctx, accountId);
    return {
      account: found,
      closing: await findClosing(tx, { mspId: ctx.mspId, accountId }, period),
      due: await amountOwed(tx, { mspId: ctx.mspId, accountId }, period),
    };
  });
  const invoiceId = closing?.invoiceId;
  if (invoiceId == null) return;
  const items = [
    {
      key: itemKeys.minimum(accountId, period),
      amount: due.minimum,
      description: `Up to the minimum of ${due.rating.minimum?.of ?? ''} ${due.currency.toUpperCase()}`,
    },
    {
      key: itemKeys.adjustments(accountId, period),
      amount: due.adjustments,
      description: `Corrections of ${due.months.join(', ')}`,
    },
    ...due.credits.map(({ id, amount, reason }) => ({
      key: itemKeys.credit(id),
      amount: negative(amount),
      description: creditTitle(reason),
    })),
    {
      key: itemKeys.carried(accountId, period),
      amount: due.carried,
      description: 'What the invoice before lacked or had too much',
    },
    {
      key: itemKeys.elsewhere(accountId, period),
      amount: due.elsewhere,
      description: 'Invoiced already, with another subscription of this month',
    },
  ].filter(({ amount }) => !isZero(amount, due.currency));
  for (const item of items) {
    await told(ctx, account, () =>
      sink.addItem({
        ...item,
        customerId: account.stripeCustomerId!,
        invoiceId,
        currency: due.currency,
        metadata: { account_id: accountId, period },
      }),
    );
  }
  await withScope(ctx.db, closingScope(ctx), (tx) =>
    noteStep(tx, ctx, account, period, { step: 'items-added' }),
  );
}
