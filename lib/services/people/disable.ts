import type { z } from 'zod';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { endSessionsOf } from '../sessions/store.ts';
import { withScope } from '../transaction.ts';
import { personInput } from './input.ts';
import { lockPerson, updatePerson } from './store.ts';

/** Lets somebody of a customer in no more, also where everybody may come in; ends their sessions. */
export async function disablePerson(
  ctx: ServiceContext,
  input: z.input<typeof personInput>,
): Promise<void> {
  requirePermission(ctx, 'people.manage');
  const { tenantId, subject } = parse(personInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    const person = await lockPerson(tx, scope, subject);
    if (person.disabledAt !== null) return;
    await updatePerson(tx, scope, subject, { disabledAt: ctx.clock.now() });
    const sessions = await endSessionsOf(tx, subject);
    await audit(ctx, tx, {
      tenantId,
      action: 'person.disable',
      entity: 'person',
      entityId: subject,
      facts: { name: person.name, role: person.role, sessions },
    });
  });
}
