import type { Transaction } from '#db/client.ts';
import { nextPeriod, type Period } from '#lib/billing/days.ts';
import { formatAmount, type Minor, parseAmount } from '#lib/billing/money.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { listCredits } from './credits-store.ts';
import { readCredits } from './read-credits.ts';
import { type AccountRow, listPeriods, planOf, planVersionFor } from './store.ts';
import type { InvoiceRow } from './view.ts';

/** What has to hold before the operator gives money back. Each refusal says what to do instead. */

export const nothingDone = 'Nothing was written.';

/** More than eight digits Stripe moves in no payment, so that is a slip of the finger. */
const most: Minor = 99_999_999n;

const sameMs = 24 * 3_600_000;

/** The month whose invoice comes next: the first that is not sealed. */
export async function carrierOf(tx: Transaction, account: AccountRow): Promise<Period> {
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

/** Of the plan that holds in a month. */
export async function currencyOf(
  tx: Transaction,
  account: AccountRow,
  period: Period,
): Promise<string> {
  const plan = await planOf(tx, account);
  const version = plan && (await planVersionFor(tx, plan.id, period));
  if (version !== undefined) return version.terms.currency;
  throw new AppError(
    'conflict',
    `No plan holds for ${period}, so it has no currency. Add one with npm run plans. ${nothingDone}`,
  );
}

/** Only an invoice that went out, and was not taken back, has money to send back. */
export function refundable(invoice: InvoiceRow | null): InvoiceRow {
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

/** @throws `input.invalid` for what is no amount of this currency, or none that anybody means */
export function amountOf(text: string, currency: string): Minor {
  const amount = parseAmount(text.trim(), currency);
  if (amount > 0n && amount <= most) return amount;
  throw new AppError(
    'input.invalid',
    `The amount has to be above zero and at most ${formatAmount(most, currency)} ${currency.toUpperCase()}. ${nothingDone}`,
  );
}

/** Of an invoice no more is given back than it was, and no more money than somebody paid. */
export async function requireRoom(
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
export async function requirePlace(
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
export async function requireNew(
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
