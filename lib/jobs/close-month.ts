import type { BillingActivities, ClosePeriodInput } from './contract.ts';

/** What closing a month is made of. Each step is a file of `lib/services/closing`. */
export interface ClosingSteps
  extends Pick<
    BillingActivities,
    'beginClose' | 'holdInvoice' | 'sealPeriod' | 'pushMeters' | 'addCloseItems' | 'finaliseClose'
  > {
  /** Brings the ledger up to the month's last day, where the night did not. */
  observeRest(input: ClosePeriodInput): Promise<void>;
  /** As often as need be: what the meters were told shows on them some time later. */
  compareClose: BillingActivities['compareClose'];
  /** Something went wrong that trying again does not mend. */
  giveUp(input: ClosePeriodInput, err: unknown): Promise<void>;
}

export type MonthClosed = 'not due' | 'final' | 'waiting' | 'differ';

/**
 * The close of an account's month, from top to bottom. Nothing goes out that the ledger, the meters and
 * the invoice do not agree on. Each step finds what it did before and does it once, so this is begun again
 * after every crash, every night that the month is held, and whenever somebody asks for it.
 */
export async function closeMonth(
  input: ClosePeriodInput,
  steps: ClosingSteps,
): Promise<MonthClosed> {
  // 1. The month is over by the account's clock, and not final: it is being closed.
  if (!(await steps.beginClose(input))) return 'not due';
  try {
    return await closeBegun(input, steps);
  } catch (err) {
    await steps.giveUp(input, err);
    throw err;
  }
}

async function closeBegun(input: ClosePeriodInput, steps: ClosingSteps): Promise<MonthClosed> {
  const { mspId, accountId } = input;
  // 2. The draft waits for us rather than going out an hour after Stripe made it.
  const held = await steps.holdInvoice(input);
  // 3. Every day of the month is in the ledger.
  await steps.observeRest(input);
  // 4. The month is calculated, hashed and closed; what is learned later goes into the next.
  await steps.sealPeriod(input);
  // 5. The meters are told the last word.
  if (held !== 'none') await steps.pushMeters({ mspId, accountId });
  if (held === 'held') {
    // 6. Ledger = meters = quantities of the draft.
    const quantities = await steps.compareClose({ ...input, money: false });
    if (quantities !== 'agree') return quantities;
    // 7. Lines that no meter makes: the minimum, corrections, what earlier invoices lacked.
    await steps.addCloseItems(input);
    // 8. The same once more, and the money.
    const money = await steps.compareClose({ ...input, money: true });
    if (money !== 'agree') return money;
  }
  // 9. The invoice goes out. One that was out already leaves what it lacks to the next.
  await steps.finaliseClose({ ...input, early: held === 'final-already' });
  return 'final';
}
