import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { type HeldLease, leaseMs, withLease } from '../leases/hold.ts';
import { loadMailbox, type MailboxRow } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { requireConnected } from './require-connected.ts';
import { restoreAppMissing, targetRefusal } from './rules.ts';
import { isAppConnected, loadRestore, type RestoreKey, type RestoreRow } from './store.ts';

export function restoreOwner(restoreId: string): string {
  return `restore/${restoreId}`;
}

export interface OpenTarget {
  restore: RestoreRow;
  mailbox: MailboxRow;
  entraTid: string;
  lease: HeldLease;
}

/** The longest that a restore sleeps before it asks again for a mailbox that is being backed up. */
const busyMs = 10_000;

/**
 * Does something with the target mailbox of a restore, as the only one who does.
 * @param keep leaves the lease with the restore, whose next activity goes on with it
 * @throws AppError `conflict`, retryable, while another story holds the mailbox
 */
export async function atTarget<T>(
  ctx: ServiceContext,
  key: RestoreKey,
  options: { engines: Engines; signal: AbortSignal; keep: boolean },
  act: (target: OpenTarget) => Promise<T>,
): Promise<T> {
  const facts = await withScope(ctx.db, key, async (tx) => {
    const restore = await loadRestore(tx, key);
    const tenant = await requireConnected(tx, key);
    const mailbox = await loadMailbox(tx, key.mspId, key.tenantId, restore.targetMailboxId);
    const refusal = targetRefusal(mailbox.displayName, mailbox.state);
    if (refusal !== null) throw new AppError('source.gone', refusal);
    if (tenant.entraTid === null || !(await isAppConnected(tx, key, 'restore'))) {
      throw new AppError('consent.missing', restoreAppMissing);
    }
    return { restore, mailbox, entraTid: tenant.entraTid };
  });
  const { engines, signal, keep } = options;
  const held = await withLease(
    ctx,
    {
      tenantId: key.tenantId,
      mailboxId: facts.mailbox.id,
      owner: restoreOwner(key.restoreId),
      leaseMs: engines.responsive ? leaseMs.responsive : leaseMs.usual,
      keep,
      urgent: true,
      signal,
    },
    (lease) => act({ ...facts, lease }),
  );
  if (held.held) return held.result;
  throw new AppError('conflict', 'The mailbox is being backed up; the restore waits for it.', {
    retryable: true,
    retryAfterMs: Math.min(held.waitMs, busyMs),
  });
}
