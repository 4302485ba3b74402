import type { z } from 'zod';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listInvitationsInput } from './input.ts';
import { type InvitationState, stateOf } from './rules.ts';
import { type InvitationRow, listInvitationRows } from './store.ts';

export interface InvitationView {
  id: string;
  name: string;
  role: InvitationRow['role'];
  state: InvitationState;
  /** Name of the member who invited; null where it was the installation itself. */
  inviter: string | null;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
}

const listedAtMost = 100;

/** Newest first; those for staff, or those for people of one customer. */
export async function listInvitations(
  ctx: ServiceContext,
  input: z.input<typeof listInvitationsInput>,
): Promise<InvitationView[]> {
  requirePermission(ctx, input.tenantId === undefined ? 'members.manage' : 'people.manage');
  const { tenantId = null } = parse(listInvitationsInput, input);
  if (tenantId !== null) requireReach(ctx, { tenantId });
  // Of links to staff whoever asks sees those that reach nothing besides what they reach themselves.
  const within = tenantId === null ? reachOf(ctx).customers : 'all';
  const now = ctx.clock.now();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) =>
    (await listInvitationRows(tx, ctx.mspId, tenantId, { within, limit: listedAtMost })).map(
      ({ invitation: row, inviter }) => ({
        id: row.id,
        name: row.name,
        role: row.role,
        state: stateOf(row, now),
        inviter,
        createdAt: row.createdAt,
        expiresAt: row.expiresAt,
        usedAt: row.usedAt,
        revokedAt: row.revokedAt,
      }),
    ),
  );
}
