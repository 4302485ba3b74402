import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, isAllowed, reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { isWithin, requireOwner } from '../members/rules.ts';
import { reaches } from '../reach.ts';
import { withScope } from '../transaction.ts';
import { invitationInput } from './input.ts';
import { loadInvitation, lockInvitation, updateInvitation } from './store.ts';

/** Takes a link back that nobody has used. Asked twice, it is taken back once. */
export async function revokeInvitation(
  ctx: ServiceContext,
  input: z.input<typeof invitationInput>,
): Promise<void> {
  // Which of the two it takes, the row says; who holds neither learns nothing about the row.
  if (!isAllowed(ctx, 'people.manage')) requirePermission(ctx, 'members.manage');
  const key = { mspId: ctx.mspId, ...parse(invitationInput, input) };
  const { tenantId, role, customers } = await withScope(
    ctx.db,
    { mspId: ctx.mspId, tenantId: null },
    (tx) => loadInvitation(tx, key),
  );
  if (tenantId !== null && !reaches(reachOf(ctx), { tenantId })) throw notFound();
  requirePermission(ctx, tenantId === null ? 'members.manage' : 'people.manage');
  if (tenantId === null) {
    if (!isWithin(ctx, customers)) throw notFound();
    if (role === 'owner') requireOwner(ctx);
  }
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const row = await lockInvitation(tx, key);
    if (row.revokedAt !== null) return;
    if (row.usedAt !== null) {
      throw new AppError(
        'conflict',
        'This invitation was used already. Whoever came in with it can be turned away in the list of people.',
      );
    }
    await updateInvitation(tx, key, { revokedAt: ctx.clock.now() });
    await audit(ctx, tx, {
      tenantId,
      action: 'invitation.revoke',
      entity: 'invitation',
      entityId: row.id,
      facts: { name: row.name, role: row.role },
    });
  });
}
