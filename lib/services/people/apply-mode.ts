import type { Transaction } from '#db/client.ts';
import type { SelfServiceMode, TenantState } from '#db/enums.ts';
import { audit, type ServiceContext } from '../context.ts';
import { hasPlace } from '../places/rules.ts';
import { endSessionsOf, workplacesOf } from '../sessions/store.ts';
import { closeDoor, listPeopleRows, openDoor, saveMode } from './store.ts';

/**
 * Part of the verbs that say who of a customer may help themselves: the mode, the door, the sessions
 * of those who may no more, the log. The caller holds the customer's row.
 */
export async function applyMode(
  ctx: ServiceContext,
  tx: Transaction,
  customer: {
    mspId: string;
    tenantId: string;
    state: TenantState;
    entraTid: string | null;
    selfService: SelfServiceMode;
  },
  mode: SelfServiceMode,
): Promise<void> {
  const { mspId, tenantId, entraTid, selfService: before } = customer;
  const scope = { mspId, tenantId };
  await closeDoor(tx, scope);
  if (mode === 'everyone' && entraTid !== null) await openDoor(tx, scope, entraTid);
  await saveMode(tx, scope, mode);
  let sessions = 0;
  const out = (await listPeopleRows(tx, scope))
    .map(({ person }) => person)
    .filter((person) => hasPlace(customer, person))
    .filter((person) => !hasPlace({ ...customer, selfService: mode }, person))
    .map(({ subject }) => subject);
  const workplaces = await workplacesOf(tx, out);
  for (const subject of out) {
    if (!workplaces.has(subject)) sessions += await endSessionsOf(tx, subject);
  }
  await audit(ctx, tx, {
    tenantId,
    action: 'self-service.set',
    entity: 'customer',
    entityId: tenantId,
    facts: { before, mode, sessions },
  });
}
