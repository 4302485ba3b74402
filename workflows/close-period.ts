import { sleep } from '@temporalio/workflow';
import type { ClosePeriodInput } from '#lib/jobs/contract.ts';
import { billingActivities, closingActivities } from './activity-options.ts';
import { observeDue } from './billing-day.ts';
import { failureSentence } from './failure-sentence.ts';

/** Stripe's meters show within minutes what they were told; for so long it is looked for. */
const patience = { looks: 40, firstWaitMs: 5_000, longestWaitMs: 30 * 60_000 };

/**
 * Closes a month: its draft is held, the ledger is sealed, the meters are told the last word, and the
 * invoice goes out when ledger, meters and invoice agree. Where they do not, it is held, and the next
 * day's story begins this one again. Every step finds what it did before.
 */
export async function closePeriodWorkflow(input: ClosePeriodInput): Promise<void> {
  const control = billingActivities();
  if (!(await control.beginClose(input))) return;
  try {
    await close(input);
  } catch (err) {
    await control.holdClose({ ...input, reason: failureSentence(err) });
    throw err;
  }
}

async function close(input: ClosePeriodInput): Promise<void> {
  const control = billingActivities();
  const stripe = closingActivities();
  const { mspId, accountId, period } = input;
  const held = await stripe.holdInvoice(input);
  await observeDue({ mspId, accountId, through: lastDay(period) });
  await control.sealPeriod(input);
  if (held !== 'none') await stripe.pushMeters({ mspId, accountId });
  if (held === 'held') {
    if (!(await agree(input, false))) return;
    await stripe.addCloseItems(input);
    if (!(await agree(input, true))) return;
  }
  await stripe.finaliseClose({ ...input, early: held === 'final-already' });
}

async function agree(input: ClosePeriodInput, money: boolean): Promise<boolean> {
  const stripe = closingActivities();
  for (let look = 0; look < patience.looks; look++) {
    const verdict = await stripe.compareClose({ ...input, money });
    if (verdict === 'agree') return true;
    if (verdict === 'differ') return false;
    await sleep(Math.min(patience.firstWaitMs * 2 ** look, patience.longestWaitMs));
  }
  await billingActivities().holdClose({
    ...input,
    reason: 'Stripe’s meters do not show what they were told. It is compared again every day.',
  });
  return false;
}

/** `2026-02` → `2026-02-28`. Months of UTC. */
function lastDay(period: string): string {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
