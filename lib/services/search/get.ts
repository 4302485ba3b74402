import type { z } from 'zod';
import { actorName, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { listMailboxRows } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { searchInput } from './input.ts';
import { type SearchView, viewSearch } from './results.ts';
import { loadSearch } from './store.ts';

/** What somebody looks for, without what it finds. Nobody else sees it, and no mail is read. */
export async function getSearch(
  ctx: ServiceContext,
  input: z.input<typeof searchInput>,
): Promise<SearchView> {
  requirePermission(ctx, 'content.read');
  const key = { mspId: ctx.mspId, ...parse(searchInput, input) };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const search = await loadSearch(tx, key, {
      requestedBy: actorName(ctx.actor),
      now: ctx.clock.now(),
    });
    const { tenantId } = key;
    if (search.mailboxId !== null) requireReach(ctx, { tenantId, mailboxId: search.mailboxId });
    const rows = await listMailboxRows(tx, ctx.mspId, tenantId);
    return viewSearch(search, new Map(rows.map((row) => [row.id, row.displayName])));
  });
}
