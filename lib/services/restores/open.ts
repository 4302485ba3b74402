import { AppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { requireConnected } from './require-connected.ts';
import { isAtWork, restoreAppMissing, targetRefusal } from './rules.ts';
import { countBatches, isAppConnected, loadRestore } from './store.ts';

/**
 * Checks once more, right before the first write, what may have changed since the plan was shown.
 * @returns how many batches there are to write; 0 for a restore that is not to be executed
 */
export async function openRestore(
  ctx: ServiceContext,
  input: { tenantId: string; restoreId: string },
): Promise<{ batches: number }> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, restoreId: input.restoreId };
  return await withScope(ctx.db, key, async (tx) => {
    const restore = await loadRestore(tx, key);
    if (!isAtWork(restore.state)) return { batches: 0 };
    await requireConnected(tx, key);
    if (!(await isAppConnected(tx, key, 'restore'))) {
      throw new AppError('consent.missing', restoreAppMissing);
    }
    const target = await loadMailbox(tx, key.mspId, key.tenantId, restore.targetMailboxId);
    const refusal = targetRefusal(target.displayName, target.state);
    if (refusal !== null) throw new AppError('source.gone', refusal);
    return { batches: await countBatches(tx, key) };
  });
}
