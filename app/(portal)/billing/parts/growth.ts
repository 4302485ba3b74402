import { billingTexts } from '#app/_texts/billing.ts';
import type { CustomerUsage } from '#lib/services/usage/list.ts';

/** Why a forecast differs from the average: whose newest day is furthest from its own average. */
export function growthOf(
  customers: readonly Pick<CustomerUsage, 'name' | 'direct' | 'daily'>[],
): string {
  const { grows, shrinks, same } = billingTexts.figures;
  let most = { name: '', by: 0 };
  for (const { name, direct, daily } of customers) {
    const last = daily.at(-1);
    if (direct || last === undefined) continue;
    const mean = daily.reduce((all, day) => all + day.protected, 0) / daily.length;
    const by = last.protected - mean;
    if (Math.abs(by) > Math.abs(most.by)) most = { name, by };
  }
  // Less than half a mailbox on average changes no whole one.
  if (Math.abs(most.by) < 0.5) return same;
  return most.by > 0 ? grows(most.name) : shrinks(most.name);
}
