import type { Transaction } from '#db/client.ts';
import { isCustomerRole, may, type Permission } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { actorName, reachOf, type ServiceContext } from '../context.ts';
import { holdMember } from './store.ts';

/**
 * For acts that outlive whoever does them: what they may do was looked up when their request began,
 * and may have been taken away since. Holds their row until the transaction ends, so that a
 * dismissal comes either before it and is seen, or after it and ends what was made.
 * @throws AppError `forbidden`
 */
export async function requireStanding(
  ctx: ServiceContext,
  tx: Transaction,
  permission: Permission,
): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'user' || isCustomerRole(actor.role)) return;
  const now = await holdMember(tx, ctx.mspId, actorName(actor));
  const asked = reachOf(ctx).customers;
  const stands =
    now !== undefined &&
    may(now.role, permission) &&
    (actor.role !== 'owner' || now.role === 'owner') &&
    (now.customers === null ||
      (asked !== 'all' && asked.every((id) => now.customers!.includes(id))));
  if (stands) return;
  throw new AppError(
    'forbidden',
    'What you may do was changed while you asked. Nothing was done; load the page again.',
  );
}
