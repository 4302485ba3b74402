import type { z } from 'zod';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { gatherIncidents, type NotedIncident } from './gather.ts';
import { incidentsInput } from './input.ts';

/** What of one customer needs a human. */
export async function listIncidents(
  ctx: ServiceContext,
  input: z.input<typeof incidentsInput>,
): Promise<NotedIncident[]> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(incidentsInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const { rows, incidents } = await gatherIncidents(
      tx,
      ctx.mspId,
      ctx.clock.now(),
      tenantId,
      isAllowed(ctx, 'billing.read'),
    );
    if (rows.length === 0) throw notFound();
    return incidents;
  });
}
