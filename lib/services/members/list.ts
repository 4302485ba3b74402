import type { MemberRole } from '#db/enums.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { lastSeenOf, workplacesOf } from '../sessions/store.ts';
import { withScope } from '../transaction.ts';
import { customerNames, listMemberRows } from './store.ts';

export interface MemberView {
  /** `tid.oid`: who it is, whatever they are called. */
  subject: string;
  name: string;
  role: MemberRole;
  /** Null is all, later ones included. Customers that whoever asks does not reach are not named. */
  customers: { id: string; name: string }[] | null;
  /** How many assigned customers are not named. */
  unnamed: number;
  enrolledAt: Date;
  disabledAt: Date | null;
  /** When a session of theirs that still lives was last used. */
  lastSeenAt: Date | null;
  isSelf: boolean;
}

/** Staff of the MSP by name, those who are in no more among them. */
export async function listMembers(ctx: ServiceContext): Promise<MemberView[]> {
  requirePermission(ctx, 'members.manage');
  const self = ctx.actor.kind === 'user' ? ctx.actor.subject : '';
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const rows = await listMemberRows(tx, ctx.mspId);
    const names = await customerNames(
      tx,
      ctx.mspId,
      rows.flatMap((row) => row.customers ?? []),
    );
    const inside = rows.filter((row) => row.disabledAt === null).map((row) => row.subject);
    const seen = await lastSeenOf(tx, inside, ctx.clock.now());
    const workplaces = await workplacesOf(tx, [...seen.keys()]);
    return rows.map((row) => {
      const named = row.customers?.filter((id) => names.has(id)) ?? null;
      return {
        subject: row.subject,
        name: row.name,
        role: row.role,
        customers: named?.map((id) => ({ id, name: names.get(id)! })) ?? null,
        unnamed: (row.customers?.length ?? 0) - (named?.length ?? 0),
        enrolledAt: row.enrolledAt,
        disabledAt: row.disabledAt,
        // Who works elsewhere by now is seen there.
        lastSeenAt:
          workplaces.get(row.subject) === ctx.mspId ? (seen.get(row.subject) ?? null) : null,
        isSelf: row.subject === self,
      };
    });
  });
}
