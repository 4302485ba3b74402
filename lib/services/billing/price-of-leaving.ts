import type { z } from 'zod';
import { dayOf, periodOf } from '#lib/billing/days.ts';
import type { Price } from '#lib/billing/plan.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { tenantInput } from '../customers/input.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { accountOf, planOf, planVersionFor } from './store.ts';

export interface PriceOfLeaving {
  currency: string;
  /** What one mailbox costs a month, protected and sealed. */
  protected: string;
  sealed: string;
}

/**
 * What a mailbox of a customer costs now and once it is sealed. Null where nothing is priced, and where
 * a price has steps: what one mailbox costs then depends on all the others.
 */
export async function priceOfLeaving(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
): Promise<PriceOfLeaving | null> {
  requirePermission(ctx, 'billing.read');
  const { tenantId } = parse(tenantInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId, readsFleet: true }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const period = periodOf(dayOf(ctx.clock.now()));
    const account = await accountOf(tx, ctx.mspId, tenantId, period);
    const plan = account && (await planOf(tx, account));
    const terms = plan && (await planVersionFor(tx, plan.id, period))?.terms;
    if (terms === undefined) return null;
    const now = unitOf(terms.prices['protected-mailboxes']);
    const then = unitOf(terms.prices['sealed-mailboxes']);
    if (now === null || then === null) return null;
    return { currency: terms.currency, protected: now, sealed: then };
  });
}

/** A dimension without a price is not billed. */
function unitOf(price: Price | undefined): string | null {
  if (price === undefined) return '0';
  const [tier, ...more] = price.tiers;
  return tier === undefined || more.length > 0 || Number(tier.flat) !== 0 ? null : tier.unitPrice;
}
