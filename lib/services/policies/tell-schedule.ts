import type { ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { withScope } from '../transaction.ts';
import { findPolicy } from './store.ts';

interface Scope {
  mspId: string;
  tenantId: string;
}

/**
 * Makes the schedule of a customer what the catalogue says: paused while its policy is, and while it is
 * disconnected. Temporal and Postgres share no transaction, so it is told after the commit; and since
 * two who tell may do so in either order, each looks once more whether that is still what holds.
 */
export async function tellSchedule(ctx: ServiceContext, scope: Scope): Promise<void> {
  let wanted = await readSchedule(ctx, scope);
  for (let tries = 0; wanted !== null && tries < 5; tries++) {
    await ctx.deps.jobs.ensureSchedule(wanted);
    const now = await readSchedule(ctx, scope);
    if (now?.paused === wanted.paused && now.everyMinutes === wanted.everyMinutes) return;
    wanted = now;
  }
}

async function readSchedule(ctx: ServiceContext, { mspId, tenantId }: Scope) {
  return await withScope(ctx.db, { mspId, tenantId }, async (tx) => {
    const policy = await findPolicy(tx, mspId, tenantId);
    if (policy === undefined) return null;
    const { state } = await loadTenant(tx, mspId, tenantId);
    const { id: policyId, everyMinutes } = policy;
    const paused = policy.paused || state === 'disconnected';
    return { mspId, tenantId, policyId, everyMinutes, paused };
  });
}
