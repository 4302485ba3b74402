import type { z } from 'zod';
import {
  auditRead,
  isAllowed,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { getRestoreInput } from './input.ts';
import { countLines, loadRestore } from './store.ts';
import { type RestoreView, viewRestore } from './view.ts';

/**
 * How a restore stands, with the folders of its plan for those who may see content. That these were
 * looked at is audited, once in a quarter of an hour for each person and restore; whoever only wants to
 * know how far it is asks without them, and leaves no entry.
 */
export async function getRestore(
  ctx: ServiceContext,
  input: z.input<typeof getRestoreInput>,
): Promise<RestoreView> {
  requirePermission(ctx, 'restores.read');
  const { folders, ...ids } = parse(getRestoreInput, input);
  const key = { mspId: ctx.mspId, ...ids };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const row = await loadRestore(tx, key);
    requireReach(ctx, row);
    const content = isAllowed(ctx, 'content.read');
    const view = viewRestore(row, await countLines(tx, key), { content, folders });
    const shown = view.plan?.folders.filter(({ path }) => path !== null).length ?? 0;
    if (shown > 0) {
      await auditRead(ctx, tx, {
        tenantId: key.tenantId,
        action: 'folder.list-restore',
        entity: 'restore',
        entityId: key.restoreId,
        facts: { mailboxId: row.mailboxId, folders: shown },
      });
    }
    return view;
  });
}
