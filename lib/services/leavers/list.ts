import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { type AgePosition, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { leaversInput } from './input.ts';
import { leaverState } from './rules.ts';
import { factsOfSealed, sealedMailboxes } from './store.ts';
import { type LeaverRow, sealedFacts, viewLeaver } from './view.ts';

export interface LeaverList {
  /** All of them, whichever part of the list this is, and how many of them are whole. */
  total: number;
  safe: number;
  leavers: LeaverRow[];
  /** Where the list goes on; null at its end. */
  next: AgePosition | null;
}

/** Mailboxes whose source is gone, the newest first. */
export async function listLeavers(
  ctx: ServiceContext,
  input: z.input<typeof leaversInput> = {},
): Promise<LeaverList> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId, after, limit } = parse(leaversInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId: tenantId ?? null };
  return await withScope(ctx.db, scope, async (tx) => {
    if (tenantId !== undefined) await loadTenant(tx, ctx.mspId, tenantId);
    const only = { tenantId: tenantId ?? null, mailboxId: null };
    const states = (await factsOfSealed(tx, ctx.mspId, only)).map(sealedFacts).map(leaverState);
    const rows = await sealedMailboxes(tx, ctx.mspId, { ...only, after, limit: limit + 1 });
    const leavers = rows.slice(0, limit).map(viewLeaver);
    const last = rows.length > limit ? leavers.at(-1) : undefined;
    return {
      total: states.length,
      safe: states.filter((state) => state === 'safe').length,
      leavers,
      next: last === undefined ? null : { at: last.sealedAt, id: last.mailboxId },
    };
  });
}
