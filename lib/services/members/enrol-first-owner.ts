import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import { audit, type PublicContext, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope, withSubject } from '../transaction.ts';
import { enrolFirstOwnerInput } from './input.ts';
import { addMsp, membershipsOf, saveMember } from './store.ts';

/**
 * A new MSP and the one account that can do everything in it. Asked again for an account that is
 * enrolled somewhere, it makes nothing and tells where.
 */
export async function enrolFirstOwner(
  ctx: PublicContext,
  input: z.input<typeof enrolFirstOwnerInput>,
): Promise<{ mspId: string }> {
  const { mspName, subject, name } = parse(enrolFirstOwnerInput, input);
  const [member] = await withSubject(ctx.db, subject, (tx) => membershipsOf(tx, subject));
  if (member !== undefined) return { mspId: member.mspId };
  const mspId = newId();
  const now = ctx.clock.now();
  const operator: ServiceContext = { ...ctx, mspId, actor: { kind: 'system' } };
  await withScope(ctx.db, { mspId, tenantId: null }, async (tx) => {
    await addMsp(tx, { id: mspId, name: mspName, createdAt: now });
    await saveMember(tx, { mspId, subject, name, role: 'owner', enrolledAt: now });
    await audit(operator, tx, {
      tenantId: null,
      action: 'msp.enrol',
      entity: 'msp',
      entityId: mspId,
      facts: { name: mspName, owner: subject },
    });
  });
  return { mspId };
}
