import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { enrolInput } from './input.ts';
import { lockRole, saveMember } from './store.ts';

/** Lets an account work for this MSP, or changes its role. Who is an owner is for owners to say. */
export async function enrolMember(
  ctx: ServiceContext,
  input: z.input<typeof enrolInput>,
): Promise<void> {
  requirePermission(ctx, 'members.manage');
  const member = parse(enrolInput, input);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    if (ctx.actor.kind === 'user' && ctx.actor.role !== 'owner') {
      const before = await lockRole(tx, ctx.mspId, member.subject);
      if (member.role === 'owner' || before === 'owner') {
        throw new AppError(
          'forbidden',
          `Your role, ${ctx.actor.role}, may not make or change an owner. Ask an owner of your organisation.`,
        );
      }
    }
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
