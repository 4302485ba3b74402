import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { standingOf } from './health.ts';
import { mailboxesInput } from './input.ts';
import { listMailboxesWithHealth } from './store.ts';
import { type MailboxRow, viewMailboxRow } from './view.ts';

export async function listMailboxes(
  ctx: ServiceContext,
  input: z.input<typeof mailboxesInput>,
): Promise<MailboxRow[]> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId } = parse(mailboxesInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const standing = await standingOf(tx, ctx.mspId, tenantId, ctx.clock.now());
    const rows = await listMailboxesWithHealth(tx, ctx.mspId, tenantId, standing);
    return rows.map(viewMailboxRow);
  });
}
