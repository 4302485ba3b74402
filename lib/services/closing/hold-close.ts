import type { Period } from '#lib/billing/days.ts';
import { type AccountRow, lockAccount } from '../billing/store.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { type CloseInput, closingScope, findClosing, loadAccount, noteStep } from './store.ts';

/** Gives up for today: the story comes again tomorrow, or when somebody asks for it. */
export async function holdClose(
  ctx: ServiceContext,
  input: CloseInput & { reason: string },
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const account = await withScope(ctx.db, closingScope(ctx), (tx) =>
    loadAccount(tx, ctx, input.accountId),
  );
  await holdMonth(ctx, account, input.period, input.reason);
}

/**
 * Holds a month that something does not agree in: its invoice does not go out, an incident is open for as
 * long, and the sentence is shown. Told again, only the sentence is new.
 * @param step `left-out` where nothing will ever bill it, so that somebody may write it off
 */
export async function holdMonth(
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
  reason: string,
  step: 'held' | 'left-out' = 'held',
): Promise<void> {
  await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const key = { mspId: ctx.mspId, accountId: account.id };
    await lockAccount(tx, key);
    const known = await findClosing(tx, key, period);
    // Somebody wrote it off meanwhile.
    if (known?.state === 'finalised') return;
    if (known?.state !== 'held') {
      await audit(ctx, tx, {
        tenantId: null,
        action: 'billing.hold',
        entity: 'account',
        entityId: account.id,
        facts: { period, reason },
      });
    }
    await noteStep(tx, ctx, account, period, {
      step,
      state: 'held',
      reason,
      heldSince: known?.heldSince ?? ctx.clock.now(),
    });
  });
}
