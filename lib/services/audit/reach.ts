import { reachOf, requireReach, type ServiceContext } from '../context.ts';

/** Whose entries may be looked for. */
export interface AuditScope {
  mspId: string;
  tenantId: string | null;
  /** Only these customers' entries, and none of the MSP as a whole. */
  customers: readonly string[] | 'all';
}

/**
 * What the MSP does as a whole is for those who reach all of it: people of a customer, and staff and
 * keys of some customers, see the log of those.
 */
export function auditScope(ctx: ServiceContext, tenantId: string | undefined): AuditScope {
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const { customers } = reachOf(ctx);
  const only = customers !== 'all' && customers.length === 1 ? customers[0] : undefined;
  return { mspId: ctx.mspId, tenantId: tenantId ?? only ?? null, customers };
}
