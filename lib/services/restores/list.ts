import type { z } from 'zod';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listRestoresInput } from './input.ts';
import { allCounts, listRestoreRows } from './store.ts';
import { type RestoreView, viewRestore } from './view.ts';

/** Restores of one customer, newest first. */
export async function listRestores(
  ctx: ServiceContext,
  input: z.input<typeof listRestoresInput>,
): Promise<RestoreView[]> {
  requirePermission(ctx, 'restores.read');
  const { tenantId, mailboxId, ...page } = parse(listRestoresInput, input);
  requireReach(ctx, mailboxId === undefined ? { tenantId } : { tenantId, mailboxId });
  const content = isAllowed(ctx, 'content.read');
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, (tx) =>
    listRestoreRows(tx, ctx.mspId, { tenantId, mailboxId }, page),
  );
  return rows.map(({ restore, counted }) =>
    viewRestore(restore, restore.outcome ?? allCounts(counted), { content, folders: false }),
  );
}
