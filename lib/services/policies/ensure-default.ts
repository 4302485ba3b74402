import type { Transaction } from '#db/client.ts';
import { newId } from '#lib/core/ids.ts';
import { audit, type ServiceContext } from '../context.ts';
import { addPolicy, findPolicy, type PolicyRow } from './store.ts';

/** Four times a day, everything. */
const standard = { name: 'Standard', everyMinutes: 360, mode: 'dual', lanes: 4 } as const;

/** Part of connecting a customer: the policy it starts with, made once. */
export async function ensureDefaultPolicy(
  ctx: ServiceContext,
  tx: Transaction,
  tenantId: string,
): Promise<PolicyRow> {
  const existing = await findPolicy(tx, ctx.mspId, tenantId);
  if (existing !== undefined) return existing;
  const id = newId();
  const createdAt = ctx.clock.now();
  const policy = await addPolicy(tx, { mspId: ctx.mspId, tenantId, id, createdAt, ...standard });
  await audit(ctx, tx, {
    tenantId,
    action: 'policy.create',
    entity: 'policy',
    entityId: id,
    facts: { name: standard.name, everyMinutes: standard.everyMinutes },
  });
  return policy;
}
