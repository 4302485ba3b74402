import type { Database } from '#db/client.ts';
import type { MemberRole } from '#db/enums.ts';
import { withScope, withSubject } from '../transaction.ts';
import { loadMsp, membershipsOf } from './store.ts';

export interface Membership {
  mspId: string;
  mspName: string;
  role: MemberRole;
}

/**
 * Where a signed-in account works; null for an account nobody enrolled. An account of several
 * MSPs works for the one that enrolled it first.
 * @param subject `tid.oid`, proven by sign-in
 */
export async function findMembership(db: Database, subject: string): Promise<Membership | null> {
  const [member] = await withSubject(db, subject, (tx) => membershipsOf(tx, subject));
  if (member === undefined) return null;
  const msp = await withScope(db, { mspId: member.mspId, tenantId: null }, (tx) =>
    loadMsp(tx, member.mspId),
  );
  return msp === undefined ? null : { mspId: msp.id, mspName: msp.name, role: member.role };
}
