import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { mailboxInput } from './input.ts';
import { listSnapshots, loadMailbox } from './store.ts';
import { type MailboxView, viewMailbox } from './view.ts';

export async function getMailbox(
  ctx: ServiceContext,
  input: z.input<typeof mailboxInput>,
): Promise<MailboxView> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId, mailboxId } = parse(mailboxInput, input);
  requireReach(ctx, { tenantId, mailboxId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const mailbox = await loadMailbox(tx, ctx.mspId, tenantId, mailboxId);
    return viewMailbox(mailbox, await listSnapshots(tx, ctx.mspId, tenantId, mailboxId));
  });
}
