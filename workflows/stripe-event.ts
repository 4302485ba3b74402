import { ids, stories } from '#lib/jobs/contract.ts';
import { closingActivities } from './activity-options.ts';
import { startClose } from './billing-day.ts';
import { startAlone } from './start-alone.ts';

/** Something that Stripe told: what is there is read again, and a draft or a moved clock set to work. */
export async function stripeEventWorkflow(input: { noticeId: string }): Promise<void> {
  const handled = await closingActivities().handleNotice(input);
  if (handled === null) return;
  const { mspId, accountId, drafts, clockMoved } = handled;
  const account = { mspId, accountId };
  if (clockMoved) await startAlone(stories.accountDay, ids.accountDay(accountId), account);
  for (const period of drafts) await startClose(account, period);
}
