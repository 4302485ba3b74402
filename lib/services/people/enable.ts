import type { z } from 'zod';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireStanding } from '../members/require-standing.ts';
import { withScope } from '../transaction.ts';
import { personInput } from './input.ts';
import { lockPerson, updatePerson } from './store.ts';

/** Lets somebody of a customer back in who was turned away, as what they were. */
export async function enablePerson(
  ctx: ServiceContext,
  input: z.input<typeof personInput>,
): Promise<void> {
  requirePermission(ctx, 'people.manage');
  const { tenantId, subject } = parse(personInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    await requireStanding(ctx, tx, 'people.manage');
    const person = await lockPerson(tx, scope, subject);
    if (person.disabledAt === null) return;
    await updatePerson(tx, scope, subject, { disabledAt: null });
    await audit(ctx, tx, {
      tenantId,
      action: 'person.enable',
      entity: 'person',
      entityId: subject,
      facts: { name: person.name, role: person.role },
    });
  });
}
