import type { z } from 'zod';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listRestoresInput } from './input.ts';
import { countLines, listRestoreRows } from './store.ts';
import { type RestoreView, viewRestore } from './view.ts';

/** Newest first. */
export async function listRestores(
  ctx: ServiceContext,
  input: z.input<typeof listRestoresInput>,
): Promise<RestoreView[]> {
  requirePermission(ctx, 'restores.read');
  const { tenantId, mailboxId, ...page } = parse(listRestoresInput, input);
  requireReach(ctx, mailboxId === undefined ? { tenantId } : { tenantId, mailboxId });
  const content = isAllowed(ctx, 'content.read');
  const scope = { mspId: ctx.mspId, tenantId };
  return await withScope(ctx.db, scope, async (tx) => {
    const views: RestoreView[] = [];
    for (const row of await listRestoreRows(tx, { ...scope, mailboxId }, page)) {
      const lines = await countLines(tx, { ...scope, restoreId: row.id });
      views.push(viewRestore(row, lines, content));
    }
    return views;
  });
}
