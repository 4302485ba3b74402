import { z } from 'zod';
import type { Database, Transaction } from '#db/client.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { Period } from '#lib/billing/days.ts';
import { formatAmount } from '#lib/billing/money.ts';
import type { Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { entityId, parse } from '../input.ts';
import { withOwner } from '../transaction.ts';
import {
  amountOf,
  carrierOf,
  currencyOf,
  nothingDone,
  refundable,
  requireNew,
  requirePlace,
  requireRoom,
} from './credit-rules.ts';
import { addCredit } from './credits-store.ts';
import { findInvoice } from './invoices-store.ts';
import { type AccountRow, listAccounts, lockAccount } from './store.ts';
import type { InvoiceRow } from './view.ts';

const creditInput = z.object({
  mspId: entityId,
  /** A customer that pays for itself; the MSP's own account where absent. */
  tenantId: entityId.optional(),
  amount: z.string(),
  reason: z
    .string()
    .trim()
    .min(1, 'Say why: the reason stands on the invoice.')
    .max(200, 'This reason is too long: 200 characters at most.')
    .regex(/^\P{Cc}+$/u, 'The reason has characters that cannot be on an invoice.'),
  /** The invoice that it is about. */
  invoiceId: z.string().min(1).max(200).optional(),
  /** Back to where that invoice was paid from, rather than off the next one. */
  refund: z.boolean().default(false),
  /** A credit that no invoice took off: the refund takes its place, and none ever will. */
  insteadOf: entityId.optional(),
  /** The same was given today, and is meant once more; or beside a credit that may still come off. */
  again: z.boolean().default(false),
  by: z.string(),
});

interface GivenCredit {
  creditId: string;
  accountId: string;
  amount: string;
  currency: string;
  /** The month whose invoice takes it off; null for a refund. */
  period: Period | null;
}

/**
 * The operator gives money back: off the next invoice, or, of one that is final, back to where it was
 * paid from. The row is all that is written here. The close of its month puts a credit on the invoice,
 * and the account's day has Stripe send a refund; both find it however often they are killed.
 */
export async function giveCredit(
  db: Database,
  clock: Clock,
  input: z.input<typeof creditInput>,
): Promise<GivenCredit> {
  const asked = parse(creditInput, input);
  const { mspId, refund, reason } = asked;
  const createdAt = clock.now();
  const give = async (tx: Transaction): Promise<GivenCredit> => {
    const invoice = await invoiceOf(tx, mspId, asked.invoiceId);
    const known = await accountFor(tx, asked, invoice);
    // No month of the account is sealed meanwhile, and nobody gives the same money back.
    const account = await lockAccount(tx, { mspId, accountId: known.id });
    if (account === undefined) throw new AppError('not-found', 'This account is gone.');
    const period = refund ? null : await carrierOf(tx, account);
    const currency = refund ? refundable(invoice).currency : await currencyOf(tx, account, period!);
    const amount = amountOf(asked.amount, currency);
    const { insteadOf } = asked;
    if (refund || insteadOf !== undefined) {
      await requirePlace(tx, account, { ...asked, amount, currency });
    }
    if (invoice !== null) await requireRoom(tx, invoice, { amount, currency, refund, insteadOf });
    if (!asked.again) await requireNew(tx, account, { ...asked, amount, createdAt });
    const text = formatAmount(amount, currency);
    const creditId = newId();
    await addCredit(tx, {
      mspId,
      accountId: account.id,
      tenantId: account.tenantId,
      id: creditId,
      way: refund ? 'refund' : 'next-invoice',
      amount: text,
      currency,
      reason,
      invoiceId: invoice?.id ?? null,
      bookedPeriod: period,
      insteadOf: insteadOf ?? null,
      createdAt,
      createdBy: asked.by,
    });
    await recordAudit(tx, {
      mspId,
      tenantId: null,
      at: createdAt,
      actorKind: 'system',
      actor: asked.by,
      action: refund ? 'billing.refund' : 'billing.credit',
      entity: 'account',
      entityId: account.id,
      facts: {
        credit: creditId,
        amount: text,
        currency,
        reason,
        ...(invoice === null ? {} : { invoice: invoice.id }),
        ...(period === null ? {} : { period }),
        ...(insteadOf === undefined ? {} : { insteadOf }),
      },
    });
    return { creditId, accountId: account.id, amount: text, currency, period };
  };
  return await withOwner(db, give, mspId);
}

async function invoiceOf(
  tx: Transaction,
  mspId: string,
  invoiceId: string | undefined,
): Promise<InvoiceRow | null> {
  if (invoiceId === undefined) return null;
  const invoice = await findInvoice(tx, mspId, invoiceId);
  if (invoice !== undefined) return invoice;
  throw new AppError('not-found', `This MSP has no invoice ${invoiceId}. ${nothingDone}`);
}

/** Whose money it is: that of the invoice, of the customer, or the MSP's own. */
async function accountFor(
  tx: Transaction,
  { mspId, tenantId }: { mspId: string; tenantId?: string | undefined },
  invoice: InvoiceRow | null,
): Promise<AccountRow> {
  const accounts = await listAccounts(tx, mspId);
  const of = invoice?.tenantId ?? null;
  if (invoice !== null && tenantId !== undefined && of !== tenantId) {
    throw new AppError(
      'conflict',
      `Invoice ${invoice.id} is not one of this customer's. ${nothingDone}`,
    );
  }
  const found =
    invoice !== null
      ? accounts.find(({ id }) => id === invoice.accountId)
      : accounts.filter((row) => row.tenantId === (tenantId ?? null)).at(-1);
  if (found !== undefined) return found;
  throw new AppError(
    'not-found',
    tenantId === undefined
      ? `There is no MSP with this id that has an account. npm run credits lists them. ${nothingDone}`
      : `This customer has no account of its own: leave --customer out for the MSP's. ${nothingDone}`,
  );
}
