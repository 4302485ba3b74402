import type { z } from 'zod';
import { type ConnectionState, type EntraApp, entraApps, type TenantState } from '#db/enums.ts';
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
    const tenant = await loadTenant(tx, ctx.mspId, tenantId);
    const links = await listConnections(tx, ctx.mspId, tenantId);
    const apps = appsToAsk(asked, links, tenant.state);
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

/** A customer that was disconnected comes back by the approval to back it up, so that is asked for first. */
function appsToAsk(
  asked: EntraApp[] | undefined,
  links: { app: EntraApp; state: ConnectionState }[],
  state: TenantState,
): EntraApp[] {
  const back: EntraApp[] = state === 'disconnected' ? ['backup'] : [];
  const connected = links.filter((link) => link.state === 'connected').map((link) => link.app);
  const missing = entraApps.filter((app) => back.includes(app) || !connected.includes(app));
  const wanted = asked ?? (missing.length > 0 ? missing : [...entraApps]);
  return [...new Set([...back, ...wanted])];
}
