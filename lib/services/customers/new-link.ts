import type { z } from 'zod';
import { type ConnectionState, type EntraApp, entraApps } from '#db/enums.ts';
import { listConnections } from '../connect/store.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
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
  const { tenantId, apps: asked } = parse(newLinkInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const links = await listConnections(tx, ctx.mspId, tenantId);
    const apps = asked ?? missingApps(links);
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

function missingApps(links: { app: EntraApp; state: ConnectionState }[]): EntraApp[] {
  const connected = links.filter((link) => link.state === 'connected').map((link) => link.app);
  const missing = entraApps.filter((app) => !connected.includes(app));
  return missing.length > 0 ? missing : [...entraApps];
}
