import { newId } from '#lib/core/ids.ts';
import type { AccountScope, BillingActivities } from '#lib/jobs/contract.ts';

/** Activities of billing that only take notes, for its stories on a real Temporal. */
export interface BillingStage {
  account: AccountScope;
  /** What was called, in order: the name, and what a step was about. */
  called: string[];
  activities: BillingActivities;
}

/** @param own what a test answers itself; the rest answers as on a quiet night */
export function createBillingStage(own: Partial<BillingActivities> = {}): BillingStage {
  const account = { mspId: newId(), accountId: newId() };
  const called: string[] = [];
  const quiet: BillingActivities = {
    listAccounts: async () => [account],
    syncAccount: async () => ({ drafts: [] }),
    daysDue: async () => ({ days: ['2026-10-30', '2026-10-31'], asSeenOn: null }),
    observeAccount: async () => {},
    ensurePrices: async () => {},
    pushMeters: async () => {},
    reconcileAccount: async () => {},
    monthsToClose: async () => [],
    beginClose: async () => true,
    holdInvoice: async () => 'held',
    sealPeriod: async () => {},
    compareClose: async () => 'agree',
    addCloseItems: async () => {},
    finaliseClose: async () => {},
    holdClose: async () => {},
    handleNotice: async () => ({ ...account, drafts: [], clockMoved: false }),
    nudgeClock: async () => ({ arrived: true, done: true }),
  };
  const noted = Object.entries({ ...quiet, ...own }).map(([name, act]) => [
    name,
    async (input: Record<string, unknown> = {}) => {
      const about = input.day ?? input.reason ?? (input.money === true ? 'money' : undefined);
      called.push(about === undefined ? name : `${name} ${String(about)}`);
      return await (act as (given: unknown) => Promise<unknown>)(input);
    },
  ]);
  return { account, called, activities: Object.fromEntries(noted) as BillingActivities };
}
