import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { AccountScope, BillingActivities } from '#lib/jobs/contract.ts';
import { allAccounts } from '#lib/services/billing/all-accounts.ts';
import { daysDue } from '#lib/services/billing/days-due.ts';
import type { BillingEngine } from '#lib/services/billing/engine.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { giveRefunds } from '#lib/services/billing/give-refunds.ts';
import { handleNotice } from '#lib/services/billing/handle-notice.ts';
import { nudgeClock } from '#lib/services/billing/nudge-clock.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { reconcileAccount } from '#lib/services/billing/reconcile-account.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { addCloseItems } from '#lib/services/closing/add-close-items.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { compareClose } from '#lib/services/closing/compare-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdClose } from '#lib/services/closing/hold-close.ts';
import { holdDrafts } from '#lib/services/closing/hold-drafts.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { monthsToClose } from '#lib/services/closing/months-to-close.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { sinkToClose } from '#lib/services/closing/sink-to-close.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { observeAccount } from '#lib/services/usage/observe-account.ts';
import type { ProcessContext } from './for-activity.ts';

/** The ledger and its way to Stripe. Without Stripe the ledger is kept all the same. */
export function createBillingActivities(
  process: ProcessContext,
  sink: BillingEngine | null,
): BillingActivities {
  const ctxOf = (scope: AccountScope): ServiceContext => ({
    ...process,
    mspId: scope.mspId,
    actor: {
      kind: 'workflow',
      workflowId: activityInfo().workflowExecution?.workflowId ?? 'unknown',
    },
  });
  return {
    listAccounts: () => allAccounts(process),
    async syncAccount(input) {
      if (sink === null) return { drafts: [] };
      const { drafts } = await syncAccount(ctxOf(input), input, sink);
      await holdDrafts(ctxOf(input), { accountId: input.accountId, drafts }, sink);
      // What Stripe sent back changes what is due of an invoice.
      if ((await giveRefunds(ctxOf(input), input, sink)) > 0) {
        await syncAccount(ctxOf(input), input, sink);
      }
      return { drafts };
    },
    daysDue: (input) => daysDue(ctxOf(input), input),
    async observeAccount(input) {
      await observeAccount(ctxOf(input), input, cancellationSignal());
    },
    async ensurePrices(input) {
      if (sink !== null) await ensurePrices(ctxOf(input), input, sink);
    },
    async pushMeters(input) {
      if (sink !== null) await pushMeters(ctxOf(input), input, sink);
    },
    async reconcileAccount(input) {
      if (sink !== null) await reconcileAccount(ctxOf(input), input, sink);
    },
    monthsToClose: (input) => monthsToClose(ctxOf(input), input),
    beginClose: (input) => beginClose(ctxOf(input), input),
    holdInvoice: (input) => holdInvoice(ctxOf(input), input, sink),
    sealPeriod: (input) => sealPeriod(ctxOf(input), input),
    compareClose: async (input) => await compareClose(ctxOf(input), input, sinkToClose(sink)),
    addCloseItems: async (input) => await addCloseItems(ctxOf(input), input, sinkToClose(sink)),
    finaliseClose: (input) => finaliseClose(ctxOf(input), input, sink),
    holdClose: (input) => holdClose(ctxOf(input), input),
    async handleNotice(input) {
      return sink === null ? null : await handleNotice(process, input, sink);
    },
    async nudgeClock(input) {
      if (sink === null) return { arrived: true, done: true };
      return await nudgeClock(ctxOf(input), input, sink);
    },
  };
}
