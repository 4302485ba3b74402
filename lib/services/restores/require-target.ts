import type { Transaction } from '#db/client.ts';
import { AppError } from '#lib/core/errors.ts';
import { requireReach, type ServiceContext } from '../context.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { requireConnected } from './require-connected.ts';
import { restoreAppMissing, targetRefusal } from './rules.ts';
import { isAppConnected } from './store.ts';

/**
 * Can this mailbox be written into, by whoever asks and by the restore app?
 * @throws AppError `not-found`, `source.gone` or `consent.missing`, with what to do about it
 */
export async function requireTarget(
  ctx: ServiceContext,
  tx: Transaction,
  tenantId: string,
  mailboxId: string,
): Promise<void> {
  requireReach(ctx, { tenantId, mailboxId });
  await requireConnected(tx, { mspId: ctx.mspId, tenantId });
  const target = await loadMailbox(tx, ctx.mspId, tenantId, mailboxId);
  const refusal = targetRefusal(target.displayName, target.state);
  if (refusal !== null) throw new AppError('source.gone', refusal);
  if (!(await isAppConnected(tx, { mspId: ctx.mspId, tenantId }, 'restore'))) {
    throw new AppError('consent.missing', restoreAppMissing);
  }
}
