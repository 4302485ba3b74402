import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import { audit, type PublicContext, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { addMsp, membershipsOf, saveMember } from '../members/store.ts';
import { withScope, withSubject } from '../transaction.ts';
import { foundMspInput } from './input.ts';

/**
 * A new MSP and who may work in it; an operator's act, so nobody's permission is asked. Where the
 * first of the members is enrolled already, nothing is made and their MSP is told.
 */
export async function foundMsp(
  ctx: PublicContext,
  input: z.input<typeof foundMspInput>,
): Promise<{ mspId: string }> {
  const { name, members } = parse(foundMspInput, input);
  const first = members[0]!.subject;
  const [enrolled] = await withSubject(ctx.db, first, (tx) => membershipsOf(tx, first));
  if (enrolled !== undefined) return { mspId: enrolled.mspId };
  const mspId = newId();
  const now = ctx.clock.now();
  const operator: ServiceContext = { ...ctx, mspId, actor: { kind: 'system' } };
  await withScope(ctx.db, { mspId, tenantId: null }, async (tx) => {
    await addMsp(tx, { id: mspId, name, createdAt: now });
    for (const member of members) await saveMember(tx, { mspId, enrolledAt: now, ...member }, now);
    await audit(operator, tx, {
      tenantId: null,
      action: 'msp.found',
      entity: 'msp',
      entityId: mspId,
      facts: { name, members: members.length },
    });
  });
  return { mspId };
}
