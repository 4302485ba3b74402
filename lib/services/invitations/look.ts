import type { Database } from '#db/client.ts';
import { hashSecret } from '../connect/store.ts';
import type { PublicContext } from '../context.ts';
import { loadHome, loadMspName } from '../places/store.ts';
import { withScope } from '../transaction.ts';
import { refuse, stateOf } from './rules.ts';
import { findByToken, type InvitationRow } from './store.ts';

export interface InvitationLook {
  mspName: string;
  /** Of the customer whose person is invited; null for staff. */
  customerName: string | null;
  role: InvitationRow['role'];
  expiresAt: Date;
}

/** The row with the names that a refusal, or the page, tells. */
export async function openInvitation(
  db: Database,
  token: string,
): Promise<{ row: InvitationRow; mspName: string; customerName: string | null }> {
  const row = await findByToken(db, hashSecret(token));
  if (row === undefined) throw refuse('damaged');
  const { mspId, tenantId } = row;
  return await withScope(db, { mspId, tenantId }, async (tx) => {
    const home = tenantId === null ? undefined : await loadHome(tx, mspId, tenantId);
    const mspName = home?.mspName ?? (await loadMspName(tx, mspId)) ?? 'your provider';
    return { row, mspName, customerName: home?.name ?? null };
  });
}

/**
 * What a link invites to, for whoever holds it and before they sign in.
 * @throws AppError with the reason why it opens nothing
 */
export async function lookAtInvitation(ctx: PublicContext, token: string): Promise<InvitationLook> {
  const { row, mspName, customerName } = await openInvitation(ctx.db, token);
  const state = stateOf(row, ctx.clock.now());
  if (state !== 'open') throw refuse(state, mspName);
  return { mspName, customerName, role: row.role, expiresAt: row.expiresAt };
}
