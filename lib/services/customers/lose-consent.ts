import type { z } from 'zod';
import { loseConnection } from '../connect/store.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { consentLostInput } from './input.ts';
import { lockTenant, markConsentLost } from './store.ts';

/**
 * Notes that Microsoft refuses our app in this organisation. The copies stay; a new link asks the
 * customer's administrator to approve again. Noted once, however many calls were refused.
 */
export async function loseConsent(
  ctx: ServiceContext,
  input: z.input<typeof consentLostInput>,
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const { tenantId, app, askedAt } = parse(consentLostInput, input);
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    // First, as whoever connects it does: the other way round the two would wait for each other.
    await lockTenant(tx, ctx.mspId, tenantId);
    if (!(await loseConnection(tx, scope, app, { askedAt, at: ctx.clock.now() }))) return;
    // Without the restore app backups go on, and the customer counts as connected.
    if (app === 'backup') await markConsentLost(tx, scope);
    await audit(ctx, tx, {
      tenantId,
      action: 'customer.consent-lost',
      entity: 'customer',
      entityId: tenantId,
      facts: { app },
    });
  });
}
