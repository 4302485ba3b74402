import type { Transaction } from '#db/client.ts';
import type { CustomerRole, MemberRole } from '#db/enums.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId, newToken } from '#lib/core/ids.ts';
import { hashSecret } from '../connect/store.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { requireStanding } from '../members/require-standing.ts';
import { invitationLifeMs } from './rules.ts';
import { addInvitation } from './store.ts';

export interface IssuedInvitation {
  invitationId: string;
  /** For `/invite/[token]`; told this once, only its hash is kept. */
  token: string;
  expiresAt: Date;
}

/** Part of the verbs that hand out an invitation; they hold the permission and the audit entry. */
export async function issueInvitation(
  ctx: ServiceContext,
  tx: Transaction,
  wish: {
    tenantId: string | null;
    name: string;
    role: MemberRole | CustomerRole;
    customers?: string[] | null;
    mailboxId?: string | null;
  },
): Promise<IssuedInvitation> {
  await requireStanding(ctx, tx, wish.tenantId === null ? 'members.manage' : 'people.manage');
  const token = newToken();
  const invitationId = newId();
  const createdAt = ctx.clock.now();
  const expiresAt = addMs(createdAt, invitationLifeMs);
  await addInvitation(tx, {
    ...wish,
    mspId: ctx.mspId,
    id: invitationId,
    tokenHash: hashSecret(token),
    createdBy: actorName(ctx.actor),
    createdAt,
    expiresAt,
  });
  return { invitationId, token, expiresAt };
}
