import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { revokeInvitationsBy } from '../invitations/store.ts';
import { revokeKeysBy } from '../keys/store.ts';
import { endSessionsOf, workplacesOf } from '../sessions/store.ts';
import { withScope } from '../transaction.ts';
import { endConnectLinksOf } from './end-links.ts';
import { memberInput } from './input.ts';
import { requireStanding } from './require-standing.ts';
import { lastOwner, requireOwner, requireWithin } from './rules.ts';
import { lockMember, lockOwners, updateMember } from './store.ts';

/**
 * Lets a member in no more. Their sessions, the links they handed out, to staff, to people and to
 * administrators of customers, and the keys they made end in the same transaction, and for good: a new invitation lets the person back in, and nothing else.
 */
export async function disableMember(
  ctx: ServiceContext,
  input: z.input<typeof memberInput>,
): Promise<void> {
  requirePermission(ctx, 'members.manage');
  const { subject } = parse(memberInput, input);
  const key = { mspId: ctx.mspId, subject };
  const now = ctx.clock.now();
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const owners = await lockOwners(tx, ctx.mspId);
    await requireStanding(ctx, tx, 'members.manage');
    const before = await lockMember(tx, ctx.mspId, subject);
    if (before.role === 'owner') {
      requireOwner(ctx);
      if (owners.length === 1) throw lastOwner();
    }
    requireWithin(ctx, before.customers);
    const worksHere = (await workplacesOf(tx, [subject])).get(subject) === ctx.mspId;
    await updateMember(tx, key, { disabledAt: now });
    const invitations = await revokeInvitationsBy(tx, key, now, {});
    const links = await endConnectLinksOf(ctx, tx, before);
    const keys = await revokeKeysBy(tx, key, now);
    const sessions = worksHere ? await endSessionsOf(tx, subject) : 0;
    await audit(ctx, tx, {
      tenantId: null,
      action: 'member.disable',
      entity: 'member',
      entityId: subject,
      facts: { name: before.name, role: before.role, sessions, invitations, links, keys },
    });
  });
}
