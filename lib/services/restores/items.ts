import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { restoreItemsInput } from './input.ts';
import { listLines, loadRestore } from './store.ts';
import { type RestoreItemView, viewLine } from './view.ts';

export interface RestoreItemPage {
  items: RestoreItemView[];
  /** Pass it as `after` for the next page; null at the end. */
  next: number | null;
}

/** Every item of a plan, in its order, with what became of it. */
export async function restoreItems(
  ctx: ServiceContext,
  input: z.input<typeof restoreItemsInput>,
): Promise<RestoreItemPage> {
  requirePermission(ctx, 'content.read');
  const { onlyProblems, after, limit, ...restore } = parse(restoreItemsInput, input);
  const key = { mspId: ctx.mspId, ...restore };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    requireReach(ctx, await loadRestore(tx, key));
    const rows = await listLines(tx, key, { after, limit, onlyProblems });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { items: rows.map(viewLine), next: last?.position ?? null };
  });
}
