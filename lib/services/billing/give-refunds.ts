import type { BillingSink } from '#lib/billing/sink.ts';
import { isAppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { addRefund, type CreditRow, waitingRefunds } from './credits-store.ts';
import { findAccount } from './store.ts';
import { told } from './told.ts';

type Answer = { outcome: 'given'; noteId: string } | { outcome: 'refused'; reason: string };

/**
 * Has Stripe send back what the operator gave back. The key of a refund is its own, so one that was
 * asked for by a worker that was killed is found, and not given twice.
 * @returns how many Stripe answered
 */
export async function giveRefunds(
  ctx: ServiceContext,
  input: { accountId: string },
  sink: BillingSink,
): Promise<number> {
  requirePermission(ctx, 'billing.manage');
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const scope = { mspId: ctx.mspId, tenantId: null };
  const { account, waiting } = await withScope(ctx.db, scope, async (tx) => ({
    account: await findAccount(tx, key),
    waiting: await waitingRefunds(tx, key),
  }));
  if (account === undefined) return 0;
  for (const credit of waiting) {
    const answer = await told(ctx, account, () => ask(sink, credit));
    await keep(ctx, credit, answer);
  }
  return waiting.length;
}

/** A refusal is an answer; what waiting may mend is not one, and is asked again. */
async function ask(sink: BillingSink, credit: CreditRow): Promise<Answer> {
  try {
    const { creditId } = await sink.credit({
      invoiceId: credit.invoiceId!,
      amount: credit.amount,
      currency: credit.currency,
      to: 'refund',
      memo: credit.reason,
      key: `hf-refund-${credit.id}`,
    });
    return { outcome: 'given', noteId: creditId };
  } catch (err) {
    if (isAppError(err, 'source.refused') && !err.retryable) {
      return { outcome: 'refused', reason: err.message };
    }
    throw err;
  }
}

async function keep(ctx: ServiceContext, credit: CreditRow, answer: Answer): Promise<void> {
  const { mspId, accountId, tenantId, id: creditId, amount, currency } = credit;
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const at = ctx.clock.now();
    const row = { mspId, accountId, tenantId, creditId, at };
    if (!(await addRefund(tx, { ...row, ...answer }))) return;
    await audit(ctx, tx, {
      tenantId: null,
      action: answer.outcome === 'given' ? 'billing.refund-given' : 'billing.refund-refused',
      entity: 'account',
      entityId: accountId,
      facts: {
        credit: creditId,
        amount,
        currency,
        invoice: credit.invoiceId,
        ...(answer.outcome === 'refused' ? { reason: answer.reason } : {}),
      },
    });
  });
}
