import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { policyInput } from './input.ts';
import { findPolicy, type PolicyRow } from './store.ts';

export interface PolicyView {
  id: string;
  name: string;
  everyMinutes: number;
  paused: boolean;
}

export function viewPolicy({ id, name, everyMinutes, paused }: PolicyRow): PolicyView {
  return { id, name, everyMinutes, paused };
}

/** How often a customer is backed up; null until it is connected. */
export async function getPolicy(
  ctx: ServiceContext,
  input: z.input<typeof policyInput>,
): Promise<PolicyView | null> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(policyInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    return policy === undefined ? null : viewPolicy(policy);
  });
}
