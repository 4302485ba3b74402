import { sleep } from '@temporalio/workflow';
import { closeMonth } from '#lib/jobs/close-month.ts';
import type { ClosePeriodInput } from '#lib/jobs/contract.ts';
import { billingActivities, closingActivities } from './activity-options.ts';
import { observeDue } from './billing-day.ts';
import { failureSentence } from './failure-sentence.ts';

/** Stripe's meters show within minutes what they were told; for so long it is looked for. */
const patience = { looks: 40, firstWaitMs: 5_000, longestWaitMs: 30 * 60_000 };

/**
 * Closes a month in the order of `closeMonth`. Where ledger, meters and invoice do not agree it is held,
 * and the next day's story begins this one again.
 */
export async function closePeriodWorkflow(input: ClosePeriodInput): Promise<void> {
  const control = billingActivities();
  const stripe = closingActivities();
  await closeMonth(input, {
    beginClose: control.beginClose,
    holdInvoice: stripe.holdInvoice,
    observeRest: ({ mspId, accountId, period }) =>
      observeDue({ mspId, accountId, through: lastDay(period) }),
    sealPeriod: control.sealPeriod,
    pushMeters: stripe.pushMeters,
    compareClose: compareUntilShown,
    addCloseItems: stripe.addCloseItems,
    finaliseClose: stripe.finaliseClose,
    giveUp: (closing, err) => control.holdClose({ ...closing, reason: failureSentence(err) }),
  });
}

async function compareUntilShown(
  input: ClosePeriodInput & { money: boolean },
): Promise<'agree' | 'differ'> {
  const { money: _, ...closing } = input;
  for (let look = 0; look < patience.looks; look++) {
    const verdict = await closingActivities().compareClose(input);
    if (verdict !== 'waiting') return verdict;
    await sleep(Math.min(patience.firstWaitMs * 2 ** look, patience.longestWaitMs));
  }
  await billingActivities().holdClose({
    ...closing,
    reason: 'Stripe’s meters do not show what they were told. It is compared again every day.',
  });
  return 'differ';
}

/** `2026-02` → `2026-02-28`. Months of UTC. */
function lastDay(period: string): string {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
