import type { z } from 'zod';
import { memberRoles } from '#db/enums.ts';
import { may, mayGrant } from '#lib/auth/roles.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { revokeInvitationsBy } from '../invitations/store.ts';
import { withScope } from '../transaction.ts';
import { endConnectLinksOf } from './end-links.ts';
import { setRoleInput } from './input.ts';
import { requireStanding } from './require-standing.ts';
import { lastOwner, requireGrantable, requireOwner, requireWithin } from './rules.ts';
import { lockMember, lockOwners, updateMember } from './store.ts';

/**
 * Gives a member another role, which holds from their next request on. Links they handed out and
 * could hand out no longer end with it.
 */
export async function setMemberRole(
  ctx: ServiceContext,
  input: z.input<typeof setRoleInput>,
): Promise<void> {
  requirePermission(ctx, 'members.manage');
  const { subject, role } = parse(setRoleInput, input);
  const key = { mspId: ctx.mspId, subject };
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const owners = await lockOwners(tx, ctx.mspId);
    await requireStanding(ctx, tx, 'members.manage');
    const before = await lockMember(tx, ctx.mspId, subject);
    if (before.role === role) return;
    if (before.role === 'owner') requireOwner(ctx);
    requireGrantable(ctx, role);
    requireWithin(ctx, before.customers);
    if (before.role === 'owner' && owners.length === 1) throw lastOwner();
    // An owner reaches every customer.
    await updateMember(tx, key, role === 'owner' ? { role, customers: null } : { role });
    const ended = await revokeInvitationsBy(tx, key, ctx.clock.now(), {
      roles: may(role, 'members.manage')
        ? memberRoles.filter((granted) => !mayGrant(role, granted))
        : 'all',
    });
    const links = may(role, 'customers.connect') ? 0 : await endConnectLinksOf(ctx, tx, before);
    await audit(ctx, tx, {
      tenantId: null,
      action: 'member.set-role',
      entity: 'member',
      entityId: subject,
      facts: { name: before.name, before: before.role, role, invitations: ended, links },
    });
  });
}
