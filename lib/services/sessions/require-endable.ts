import { isCustomerRole } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { isAllowed, reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound } from '../input.ts';
import { requireOwner } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { isSignedInHere } from './rules.ts';
import { listKnown, workplacesOf } from './store.ts';

/**
 * May the sessions of this account be ended by whoever asks? One's own always; those of others by
 * who may manage them, and those of an owner by owners.
 * @returns how the log names the account, and whose log it is
 * @throws AppError `not-found` for accounts that are not signed in as somebody of this MSP's, or are
 *   out of reach
 */
export async function requireEndable(
  ctx: ServiceContext,
  subject: string,
): Promise<{ name: string; tenantId: string | null }> {
  const { actor } = ctx;
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have sessions.');
  const isOwn = actor.subject === subject;
  if (!isOwn && !isAllowed(ctx, 'sessions.manage')) requirePermission(ctx, 'sessions.manage');
  const person = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const known = await listKnown(tx, ctx.mspId, subject);
    const workplaces = await workplacesOf(tx, [subject]);
    return known.find((one) => isSignedInHere(ctx, one, workplaces));
  });
  if (isOwn) {
    const { customers } = reachOf(ctx);
    const home = isCustomerRole(actor.role) && customers !== 'all' ? customers[0] : undefined;
    return { name: person?.name ?? '', tenantId: home ?? null };
  }
  if (person === undefined) throw notFound();
  if (person.role === 'owner') requireOwner(ctx);
  return { name: person.name, tenantId: person.tenantId };
}
