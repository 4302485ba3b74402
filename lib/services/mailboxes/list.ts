import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { mailboxesInput } from './input.ts';
import { listMailboxRows } from './store.ts';
import { type MailboxRow, viewMailboxRow } from './view.ts';

export async function listMailboxes(
  ctx: ServiceContext,
  input: z.input<typeof mailboxesInput>,
): Promise<MailboxRow[]> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId } = parse(mailboxesInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    return (await listMailboxRows(tx, ctx.mspId, tenantId)).map(viewMailboxRow);
  });
}
