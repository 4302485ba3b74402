import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { chosenAccount } from './ensure-account.ts';
import { accountInput } from './input.ts';

/**
 * Fills a gap in the ledger that is longer than a month, which nothing does by itself: somebody looked
 * at the machine's clock and says that it is right.
 */
export async function catchUp(
  ctx: ServiceContext,
  input: z.input<typeof accountInput>,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId } = parse(accountInput, input);
  const account = await chosenAccount(ctx, accountId);
  requireWithin(ctx, account.tenantId === null ? null : [account.tenantId]);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    audit(ctx, tx, {
      tenantId: null,
      action: 'billing.catch-up',
      entity: 'account',
      entityId: account.id,
      facts: { from: account.observedThrough },
    }),
  );
  await ctx.deps.jobs.startAccountDay({ mspId: ctx.mspId, accountId: account.id, force: true });
}
