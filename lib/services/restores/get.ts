import type { z } from 'zod';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { restoreInput } from './input.ts';
import { countLines, loadRestore } from './store.ts';
import { type RestoreView, viewRestore } from './view.ts';

export async function getRestore(
  ctx: ServiceContext,
  input: z.input<typeof restoreInput>,
): Promise<RestoreView> {
  requirePermission(ctx, 'restores.read');
  const key = { mspId: ctx.mspId, ...parse(restoreInput, input) };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const row = await loadRestore(tx, key);
    requireReach(ctx, row);
    return viewRestore(row, await countLines(tx, key), isAllowed(ctx, 'content.read'));
  });
}
