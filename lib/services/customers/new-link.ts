import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { newLinkInput } from './input.ts';
import { type IssuedLink, issueLink } from './issue-link.ts';
import { loadTenant } from './store.ts';

/** Another link for a customer: the last one expired, or an approval has to be given again. */
export async function newConnectLink(
  ctx: ServiceContext,
  input: z.input<typeof newLinkInput>,
): Promise<IssuedLink> {
  requirePermission(ctx, 'customers.connect');
  const { tenantId, apps } = parse(newLinkInput, input);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const issued = await issueLink(ctx, tx, tenantId, apps);
    await audit(ctx, tx, {
      tenantId,
      action: 'connect-link.new',
      entity: 'customer',
      entityId: tenantId,
      facts: { apps: apps.join(', ') },
    });
    return issued;
  });
}
