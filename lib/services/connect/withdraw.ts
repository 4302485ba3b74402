import type { z } from 'zod';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { tenantInput } from '../customers/input.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { endLinks } from './store.ts';

/**
 * Takes a link back: it was sent to the wrong person, or nobody needs it any more. An approval that
 * came back already is checked to its end.
 */
export async function withdrawLink(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
): Promise<void> {
  requirePermission(ctx, 'customers.connect');
  const { tenantId } = parse(tenantInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    await endLinks(tx, scope, ctx.clock.now());
    await audit(ctx, tx, {
      tenantId,
      action: 'connect-link.withdraw',
      entity: 'customer',
      entityId: tenantId,
    });
  });
}
