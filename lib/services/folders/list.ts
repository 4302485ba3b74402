import type { z } from 'zod';
import { auditRead, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { loadMailbox, loadSnapshot } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { foldersInput } from './input.ts';
import { listFolderRows } from './store.ts';

export interface FolderNode {
  /** Microsoft's id: names are localised and may be there twice. */
  id: string;
  parentId: string | null;
  name: string;
  /** Folder class, such as IPF.Note or IPF.Appointment. */
  type: string;
  wellKnown: string | null;
  itemCount: number;
  /** The latest copy has it no more. */
  gone: boolean;
}

/**
 * The folder tree of a mailbox as of one snapshot, as a flat list by name. Names of folders are mail:
 * that they were looked at is audited, once in a quarter of an hour for each person and copy.
 */
export async function listFolders(
  ctx: ServiceContext,
  input: z.input<typeof foldersInput>,
): Promise<FolderNode[]> {
  requirePermission(ctx, 'content.read');
  const at = { mspId: ctx.mspId, ...parse(foldersInput, input) };
  requireReach(ctx, at);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: at.tenantId }, async (tx) => {
    await loadMailbox(tx, at.mspId, at.tenantId, at.mailboxId);
    await loadSnapshot(tx, at.mspId, at.tenantId, at.mailboxId, at.sequence);
    const rows = await listFolderRows(tx, at);
    await auditRead(ctx, tx, {
      tenantId: at.tenantId,
      action: 'folder.list',
      entity: 'mailbox',
      entityId: at.mailboxId,
      facts: { mailboxId: at.mailboxId, sequence: at.sequence, folders: rows.length },
    });
    return rows;
  });
}
