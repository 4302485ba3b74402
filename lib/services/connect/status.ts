import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { tenantInput } from '../customers/input.ts';
import { notFound, parse } from '../input.ts';
import { memberName } from '../members/store.ts';
import { withScope } from '../transaction.ts';
import { latestLink, loadLink } from './store.ts';
import { type ConnectView, viewLink } from './view.ts';

/** For the MSP's waiting page: how the newest link of a customer stands; null without a link. */
export async function connectStatus(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
): Promise<ConnectView | null> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(tenantInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const link = await latestLink(tx, ctx.mspId, tenantId);
    if (link === undefined) return null;
    const loaded = await loadLink(tx, { mspId: ctx.mspId, tenantId, linkId: link.id });
    if (loaded === undefined) throw notFound();
    const requestedBy = await memberName(tx, ctx.mspId, link.createdBy);
    return viewLink(loaded, requestedBy, { side: 'msp', subject: null, now: ctx.clock.now() });
  });
}
