import { cache } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { dayOf, type Period, periodOf } from '#lib/billing/days.ts';
import {
  type AccountOverview,
  type BillingOverview,
  overview,
} from '#lib/services/billing/overview.ts';
import { listUsage } from '#lib/services/usage/list.ts';

/** Where billing stands; asked for once, whichever parts of a page show it. */
export const theBilling = cache(async () =>
  part(overview(await requireContext(), (await portalDeps()).billing)),
);

/** What customers come to in a month: at the average of its days while it runs. */
export const theUsage = cache(async (period: Period) =>
  part(listUsage(await requireContext(), { period, basis: 'pace' })),
);

/** The month that runs for the account, whose clock may be one that somebody moves. */
export async function periodNow(): Promise<Period> {
  const { view } = await theBilling();
  const { now } = await reading();
  return view?.own?.period ?? periodOf(dayOf(now));
}

/** The MSP's account and those of customers that pay for themselves. */
export function accountsOf(billing: BillingOverview): AccountOverview[] {
  return [...(billing.own === null ? [] : [billing.own]), ...billing.direct];
}
