import { z } from 'zod';
import type { Database, Transaction } from '#db/client.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { nextPeriod, type Period } from '#lib/billing/days.ts';
import { formatAmount, type Minor, parseAmount } from '#lib/billing/money.ts';
import { addMs, type Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { entityId, parse } from '../input.ts';
import { withOwner } from '../transaction.ts';
import { addCredit, listCredits } from './credits-store.ts';
import { findInvoice } from './invoices-store.ts';
import { readCredits } from './read-credits.ts';
import {
  type AccountRow,
  listAccounts,
  listPeriods,
  lockAccount,
  planOf,
  planVersionFor,
} from './store.ts';
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

/** More than eight digits Stripe moves in no payment, so that is a slip of the finger. */
const most: Minor = 99_999_999n;

const sameMs = 24 * 3_600_000;

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

const nothingDone = 'Nothing was written.';

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

/** The month whose invoice comes next: the first that is not sealed. */
async function carrierOf(tx: Transaction, account: AccountRow): Promise<Period> {
  const refuse = (why: string) =>
    new AppError(
      'conflict',
      `${why} Give it back by one that is final instead: --invoice ID --refund. ${nothingDone}`,
    );
  if (account.state === 'ended') {
    throw refuse('The subscription has ended, so no invoice would take the credit off.');
  }
  const { startedPeriod: begun, stripeSubscriptionId: subscription } = account;
  if (begun === null || subscription === null) {
    throw refuse('Nobody has subscribed yet, so no invoice would take the credit off.');
  }
  const sealed = await listPeriods(tx, { mspId: account.mspId, accountId: account.id });
  const last = sealed.at(-1)?.period;
  const next = last === undefined || nextPeriod(last) < begun ? begun : nextPeriod(last);
  if (account.endedPeriod !== null && next >= account.endedPeriod) {
    throw refuse(
      `From ${account.endedPeriod} on this customer is on the MSP's invoice again, so its own takes nothing off.`,
    );
  }
  return next;
}

async function currencyOf(tx: Transaction, account: AccountRow, period: Period): Promise<string> {
  const plan = await planOf(tx, account);
  const version = plan && (await planVersionFor(tx, plan.id, period));
  if (version !== undefined) return version.terms.currency;
  throw new AppError(
    'conflict',
    `No plan holds for ${period}, so it has no currency. Add one with npm run plans. ${nothingDone}`,
  );
}

function refundable(invoice: InvoiceRow | null): InvoiceRow {
  if (invoice === null) {
    throw new AppError(
      'input.invalid',
      `A refund is of an invoice: name it with --invoice. ${nothingDone}`,
    );
  }
  if (invoice.status === 'paid' || invoice.status === 'open') return invoice;
  throw new AppError(
    'conflict',
    `Invoice ${invoice.id} is ${invoice.status}, and only one that is open or paid can be given back. ${nothingDone}`,
  );
}

function amountOf(text: string, currency: string): Minor {
  const amount = parseAmount(text.trim(), currency);
  if (amount > 0n && amount <= most) return amount;
  throw new AppError(
    'input.invalid',
    `The amount has to be above zero and at most ${formatAmount(most, currency)} ${currency.toUpperCase()}. ${nothingDone}`,
  );
}

/** Of an invoice no more is given back than it was, and no more money than somebody paid. */
async function requireRoom(
  tx: Transaction,
  invoice: InvoiceRow,
  of: { amount: Minor; currency: string; refund: boolean; insteadOf: string | undefined },
): Promise<void> {
  if (invoice.currency !== of.currency) {
    throw new AppError(
      'conflict',
      `Invoice ${invoice.id} is in ${invoice.currency.toUpperCase()}, and the next one in ${of.currency.toUpperCase()}. ${nothingDone}`,
    );
  }
  const given = (await listCredits(tx, invoice.mspId, { invoiceId: invoice.id }))
    .filter(
      ({ credit, refund, replacedBy }) =>
        refund?.outcome !== 'refused' && replacedBy === null && credit.id !== of.insteadOf,
    )
    .reduce((all, { credit }) => all + parseAmount(credit.amount, invoice.currency), 0n);
  const total = parseAmount(invoice.total, invoice.currency);
  const due = parseAmount(invoice.amountDue, invoice.currency);
  // What an earlier credit paid was never anybody's money; Stripe says so of the rest.
  const whole = of.refund && given === 0n && due < total ? due : total;
  const room = whole > given ? whole - given : 0n;
  if (of.amount <= room) return;
  const money = (minor: Minor) =>
    `${formatAmount(minor, invoice.currency)} ${invoice.currency.toUpperCase()}`;
  throw new AppError(
    'conflict',
    `Of invoice ${invoice.id} at most ${money(room)} can be given back: it came to ${money(total)}${
      given > 0n ? `, and ${money(given)} was given back already` : ''
    }${whole < total ? `, of which ${money(whole)} had to be paid` : ''}. ${nothingDone}`,
  );
}

/**
 * A credit that its ended subscription left over comes off an invoice again if the account subscribes
 * again. Whoever sends money back meanwhile says whether that is the same money.
 */
async function requirePlace(
  tx: Transaction,
  account: AccountRow,
  of: {
    amount: Minor;
    currency: string;
    refund: boolean;
    insteadOf?: string | undefined;
    again: boolean;
  },
): Promise<void> {
  const credits = await readCredits(tx, account.mspId, { accountId: account.id });
  const left = credits.filter(({ state }) => state === 'no-invoice');
  const { insteadOf } = of;
  if (insteadOf === undefined) {
    const [first] = left;
    if (first === undefined || of.again) return;
    throw new AppError(
      'conflict',
      `${first.amount} ${first.currency.toUpperCase()} of ${first.createdAt.toISOString().slice(0, 10)} came off no invoice yet, and will if this account subscribes again. Write --instead-of ${first.id} to send that back, or --again to give both. ${nothingDone}`,
    );
  }
  if (!of.refund) {
    throw new AppError(
      'input.invalid',
      `Only a refund takes the place of a credit: write --refund. ${nothingDone}`,
    );
  }
  const replaced = left.find(({ id }) => id === insteadOf);
  if (replaced === undefined) {
    throw new AppError(
      'conflict',
      `There is no credit ${insteadOf} of this account that its ended subscription left over. npm run credits lists them. ${nothingDone}`,
    );
  }
  const whole = parseAmount(replaced.amount, replaced.currency);
  if (replaced.currency === of.currency && whole === of.amount) return;
  throw new AppError(
    'conflict',
    `Credit ${insteadOf} is ${replaced.amount} ${replaced.currency.toUpperCase()}: it is sent back whole or not at all. ${nothingDone}`,
  );
}

/** Whoever does not know whether it was written asks once more: that gives nothing twice. */
async function requireNew(
  tx: Transaction,
  account: AccountRow,
  of: {
    amount: Minor;
    reason: string;
    invoiceId?: string | undefined;
    refund: boolean;
    createdAt: Date;
  },
): Promise<void> {
  const known = await listCredits(tx, account.mspId, { accountId: account.id });
  const same = known.find(
    ({ credit, refund }) =>
      refund?.outcome !== 'refused' &&
      credit.reason === of.reason &&
      credit.invoiceId === (of.invoiceId ?? null) &&
      (credit.way === 'refund') === of.refund &&
      parseAmount(credit.amount, credit.currency) === of.amount &&
      credit.createdAt > addMs(of.createdAt, -sameMs),
  );
  if (same === undefined) return;
  throw new AppError(
    'conflict',
    `The same was given already, at ${same.credit.createdAt.toISOString()} as ${same.credit.id}. Write --again to give it once more. ${nothingDone}`,
  );
}
