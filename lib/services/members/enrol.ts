import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { enrolInput } from './input.ts';
import { saveMember } from './store.ts';

/** Lets an account work for this MSP, or changes its role. */
export async function enrolMember(
  ctx: ServiceContext,
  input: z.input<typeof enrolInput>,
): Promise<void> {
  requirePermission(ctx, 'members.manage');
  const member = parse(enrolInput, input);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    await saveMember(tx, { mspId: ctx.mspId, enrolledAt: ctx.clock.now(), ...member });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'member.enrol',
      entity: 'member',
      entityId: member.subject,
      facts: { name: member.name, role: member.role },
    });
  });
}
