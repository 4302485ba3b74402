import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { revokeInvitationsBy } from '../invitations/store.ts';
import { withScope } from '../transaction.ts';
import { endConnectLinksOf } from './end-links.ts';
import { assignInput } from './input.ts';
import { requireStanding } from './require-standing.ts';
import { requireKnown, requireWithin } from './rules.ts';
import { customerNames, lockMember, lockOwners, updateMember } from './store.ts';

/** Says which customers a member reaches, from their next request on. */
export async function assignMember(
  ctx: ServiceContext,
  input: z.input<typeof assignInput>,
): Promise<void> {
  requirePermission(ctx, 'members.manage');
  const { subject, customers: wished } = parse(assignInput, input);
  const customers = wished === null ? null : [...new Set(wished)].sort();
  const key = { mspId: ctx.mspId, subject };
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    // First and in one order, as all who change members do: two of them cannot wait for each other.
    await lockOwners(tx, ctx.mspId);
    await requireStanding(ctx, tx, 'members.manage');
    const before = await lockMember(tx, ctx.mspId, subject);
    requireWithin(ctx, before.customers);
    requireWithin(ctx, customers);
    requireKnown(customers, await customerNames(tx, ctx.mspId, customers ?? []));
    if (before.role === 'owner' && customers !== null) {
      throw new AppError(
        'conflict',
        'An owner reaches every customer. Give another role first; nothing was changed.',
      );
    }
    await updateMember(tx, key, { customers });
    // Links they handed out may reach further than they do now.
    const ended = customers === null ? 0 : await revokeInvitationsBy(tx, key, ctx.clock.now(), {});
    const links = customers === null ? 0 : await endConnectLinksOf(ctx, tx, before, customers);
    await audit(ctx, tx, {
      tenantId: null,
      action: 'member.assign',
      entity: 'member',
      entityId: subject,
      facts: {
        name: before.name,
        before: before.customers?.length ?? 'all',
        customers: customers?.length ?? 'all',
        invitations: ended,
        links,
      },
    });
  });
}
