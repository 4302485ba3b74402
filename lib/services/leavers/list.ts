import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { leaversInput } from './input.ts';
import { sealedMailboxes } from './store.ts';
import { type LeaverRow, viewLeaver } from './view.ts';

/** Mailboxes whose source is gone, the newest first; `total` counts all of them. */
export async function listLeavers(
  ctx: ServiceContext,
  input: z.input<typeof leaversInput> = {},
): Promise<{ total: number; leavers: LeaverRow[] }> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId, limit } = parse(leaversInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId: tenantId ?? null };
  return await withScope(ctx.db, scope, async (tx) => {
    if (tenantId !== undefined) await loadTenant(tx, ctx.mspId, tenantId);
    const only = { tenantId: tenantId ?? null, mailboxId: null, limit };
    const rows = await sealedMailboxes(tx, ctx.mspId, only);
    return { total: rows[0]?.total ?? 0, leavers: rows.map(viewLeaver) };
  });
}
