import { executeChild } from '@temporalio/workflow';
import {
  type AccountDayInput,
  type AccountScope,
  type BillingDayInput,
  ids,
  stories,
} from '#lib/jobs/contract.ts';
import { billingActivities, patientActivities, triedActivities } from './activity-options.ts';
import { startAlone } from './start-alone.ts';

/** Accounts at a time. */
const lanes = 4;

/** Every night: each account's missed days, in order. One that is at work already goes on by itself. */
export async function billingDayWorkflow(input: BillingDayInput): Promise<void> {
  const accounts = await billingActivities().listAccounts();
  const queue = [...accounts];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await runDay({ ...next, ...input });
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, accounts.length) }, lane));
}

async function runDay(input: AccountDayInput): Promise<void> {
  try {
    await executeChild(stories.accountDay, {
      workflowId: ids.accountDay(input.accountId),
      args: [input],
    });
  } catch {
    // Its own history says why; other accounts are none of its business.
  }
}

/**
 * An account's day: what was missed is observed, oldest first; then Stripe is told, asked and
 * compared. The ledger waits for nobody: when Stripe is away, everything but that is done.
 */
export async function accountDayWorkflow(input: AccountDayInput): Promise<void> {
  const { mspId, accountId } = input;
  const account: AccountScope = { mspId, accountId };
  const ledger = billingActivities();
  const tried = triedActivities();
  await attempt(() => tried.syncAccount(account));
  await observeDue(input);
  await attempt(() => tried.ensurePrices(account));
  const sent = await attempt(() => patientActivities().pushMeters(account));
  if (sent) await attempt(() => tried.reconcileAccount(account));
  for (const period of await ledger.monthsToClose(account)) {
    await startClose(account, period);
  }
}

export async function observeDue(input: AccountDayInput): Promise<void> {
  const { mspId, accountId } = input;
  const ledger = billingActivities();
  const { days, asSeenOn } = await ledger.daysDue(input);
  for (const day of days) await ledger.observeAccount({ mspId, accountId, day, asSeenOn });
}

/** What could not be done now is done by the next day's story; what went wrong is kept with the account. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch {
    return false;
  }
}

export async function startClose(account: AccountScope, period: string): Promise<void> {
  await startAlone(stories.closePeriod, ids.closePeriod(account.accountId, period), {
    ...account,
    period,
  });
}
