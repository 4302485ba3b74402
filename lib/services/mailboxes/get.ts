import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { standingOf } from './health.ts';
import { mailboxInput } from './input.ts';
import { listSnapshots, loadMailboxWithHealth } from './store.ts';
import { type MailboxView, viewMailbox } from './view.ts';

export async function getMailbox(
  ctx: ServiceContext,
  input: z.input<typeof mailboxInput>,
): Promise<MailboxView> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId, mailboxId } = parse(mailboxInput, input);
  requireReach(ctx, { tenantId, mailboxId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const standing = await standingOf(tx, ctx.mspId, tenantId, ctx.clock.now());
    const mailbox = await loadMailboxWithHealth(tx, ctx.mspId, tenantId, mailboxId, standing);
    return viewMailbox(mailbox, await listSnapshots(tx, ctx.mspId, tenantId, mailboxId));
  });
}
