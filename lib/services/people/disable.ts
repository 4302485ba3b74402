import type { z } from 'zod';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { requireStanding } from '../members/require-standing.ts';
import { hasPlace } from '../places/rules.ts';
import { endSessionsOf, workplacesOf } from '../sessions/store.ts';
import { withScope } from '../transaction.ts';
import { personInput } from './input.ts';
import { lockPerson, updatePerson } from './store.ts';

/**
 * Lets somebody of a customer in no more, also where everybody may come in; ends their sessions,
 * where it is as one of this customer that they are signed in.
 */
export async function disablePerson(
  ctx: ServiceContext,
  input: z.input<typeof personInput>,
): Promise<void> {
  requirePermission(ctx, 'people.manage');
  const { tenantId, subject } = parse(personInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    await requireStanding(ctx, tx, 'people.manage');
    const customer = await loadTenant(tx, ctx.mspId, tenantId);
    const person = await lockPerson(tx, scope, subject);
    if (person.disabledAt !== null) return;
    const isHere = hasPlace(customer, person) && (await workplacesOf(tx, [subject])).size === 0;
    await updatePerson(tx, scope, subject, { disabledAt: ctx.clock.now() });
    const sessions = isHere ? await endSessionsOf(tx, subject) : 0;
    await audit(ctx, tx, {
      tenantId,
      action: 'person.disable',
      entity: 'person',
      entityId: subject,
      facts: { name: person.name, role: person.role, sessions },
    });
  });
}
