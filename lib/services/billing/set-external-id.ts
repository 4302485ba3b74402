import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { tenants } from '#db/schema/tenants.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { externalIdInput } from './input.ts';

/** What the MSP's own books call a customer (PSA). */
export async function setExternalId(
  ctx: ServiceContext,
  input: z.input<typeof externalIdInput>,
): Promise<{ externalId: string | null }> {
  requirePermission(ctx, 'billing.manage');
  const { tenantId, externalId: text } = parse(externalIdInput, input);
  requireReach(ctx, { tenantId });
  const externalId = text === '' ? null : text;
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    await tx
      .update(tenants)
      .set({ externalId })
      .where(and(eq(tenants.mspId, ctx.mspId), eq(tenants.id, tenantId)));
    await audit(ctx, tx, {
      tenantId,
      action: 'customer.external-id',
      entity: 'customer',
      entityId: tenantId,
      facts: { externalId },
    });
  });
  return { externalId };
}
