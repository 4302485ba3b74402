import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { chosenAccount } from '../billing/ensure-account.ts';
import { heldInput } from '../billing/input.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { findClosing } from './store.ts';

/** Compares a month that is held again now, rather than in the night. */
export async function retryHeld(
  ctx: ServiceContext,
  input: z.input<typeof heldInput>,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = parse(heldInput, input);
  const account = await chosenAccount(ctx, accountId);
  requireWithin(ctx, account.tenantId === null ? null : [account.tenantId]);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const closing = await findClosing(tx, { mspId: ctx.mspId, accountId: account.id }, period);
    if (closing === undefined) throw notFound();
    if (closing.state === 'finalised') {
      throw new AppError('conflict', 'The invoice of this month is final. Nothing was changed.');
    }
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.retry',
      entity: 'account',
      entityId: account.id,
      facts: { period },
    });
  });
  await ctx.deps.jobs.startClosePeriod({ mspId: ctx.mspId, accountId: account.id, period });
}
