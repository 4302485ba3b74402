import { cache } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import type { NamedRestore } from './named-restore.ts';

/**
 * A restore and the names around it; once for a page, however many parts ask.
 * @param shows whether the page shows the folders of the plan
 */
export const loadNamed = cache(
  (tenantId: string, restoreId: string, shows: 'folders' | 'state' = 'state') =>
    load(named(tenantId, restoreId, shows === 'folders')),
);

async function named(tenantId: string, restoreId: string, folders: boolean): Promise<NamedRestore> {
  const ctx = await requireContext();
  const restore = await getRestore(ctx, { tenantId, restoreId, folders });
  const [customer, mailbox, target] = await Promise.all([
    getCustomer(ctx, { tenantId }),
    getMailbox(ctx, { tenantId, mailboxId: restore.mailboxId }),
    restore.targetMailboxId === restore.mailboxId
      ? null
      : getMailbox(ctx, { tenantId, mailboxId: restore.targetMailboxId }),
  ]);
  return {
    ...restore,
    tenantId,
    tenantName: customer.name,
    initials: customer.initials,
    mailboxName: mailbox.name,
    mailboxState: mailbox.state,
    targetMailboxName: target?.name ?? mailbox.name,
    takenAt:
      mailbox.snapshots.find(({ sequence }) => sequence === restore.sequence)?.takenAt ?? null,
  };
}
