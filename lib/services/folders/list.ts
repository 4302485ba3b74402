import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
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

/** The folder tree of a mailbox as of one snapshot, as a flat list by name. */
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
    return await listFolderRows(tx, at);
  });
}
