import type { z } from 'zod';
import { auditRead, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { mailboxInput } from '../mailboxes/input.ts';
import { latestSequences, loadMailbox } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import type { FolderNode } from './list.ts';
import { listFoldersEver } from './store.ts';

/** Every folder that any copy of a mailbox has, by its newest name: what a search can be in. */
export async function listFoldersOfAllCopies(
  ctx: ServiceContext,
  input: z.input<typeof mailboxInput>,
): Promise<Omit<FolderNode, 'itemCount'>[]> {
  requirePermission(ctx, 'content.read');
  const { tenantId, mailboxId } = parse(mailboxInput, input);
  requireReach(ctx, { tenantId, mailboxId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadMailbox(tx, ctx.mspId, tenantId, mailboxId);
    const latest = await latestSequences(tx, ctx.mspId, tenantId, [mailboxId]);
    const sequence = latest.get(mailboxId);
    if (sequence === undefined) return [];
    const rows = await listFoldersEver(tx, { mspId: ctx.mspId, tenantId, mailboxId, sequence });
    await auditRead(ctx, tx, {
      tenantId,
      action: 'folder.list',
      entity: 'mailbox',
      entityId: mailboxId,
      facts: { mailboxId, sequence, folders: rows.length },
    });
    return rows;
  });
}
