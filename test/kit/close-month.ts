import type { BillingSink } from '#lib/billing/sink.ts';
import { type ClosingSteps, closeMonth, type MonthClosed } from '#lib/jobs/close-month.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { addCloseItems } from '#lib/services/closing/add-close-items.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { compareClose } from '#lib/services/closing/compare-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import type { ServiceContext } from '#lib/services/context.ts';

/** Closes a month in the story's order, without a story: each step is called once and told what came of it. */
export async function closeByHand(
  ctx: ServiceContext,
  input: { accountId: string; period: string },
  sink: BillingSink,
  own: Partial<ClosingSteps> = {},
): Promise<MonthClosed> {
  return await closeMonth(
    { mspId: ctx.mspId, ...input },
    {
      beginClose: (of) => beginClose(ctx, of),
      holdInvoice: (of) => holdInvoice(ctx, of, sink),
      observeRest: async () => {},
      sealPeriod: (of) => sealPeriod(ctx, of),
      pushMeters: async (of) => {
        await pushMeters(ctx, of, sink);
      },
      compareClose: (of) => compareClose(ctx, of, sink),
      addCloseItems: (of) => addCloseItems(ctx, of, sink),
      finaliseClose: (of) => finaliseClose(ctx, of, sink),
      giveUp: async () => {},
      ...own,
    },
  );
}
