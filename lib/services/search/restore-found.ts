import type { z } from 'zod';
import { isAppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireAllowance } from '../restores/allowance.ts';
import { planRestore } from '../restores/plan.ts';
import { withScope } from '../transaction.ts';
import { chosenItems } from './chosen.ts';
import { restoreFoundInput } from './input.ts';

/** A mailbox whose items cannot be restored this way, and why as a sentence. */
export interface RefusedMailbox {
  mailboxId: string;
  refusal: string;
}

/**
 * Plans the restore of what a search found, one plan a mailbox. The items may come from any copy: of
 * each the version that was found is put back.
 * @throws AppError what refused the first of them, where all were refused; `too-many`, before the first is
 *   planned, where there is no room for all
 */
export async function restoreFound(
  ctx: ServiceContext,
  input: z.input<typeof restoreFoundInput>,
): Promise<{ restoreIds: string[]; refused: RefusedMailbox[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'restores.run');
  const { destination, collisions, ...wish } = parse(restoreFoundInput, input);
  const chosen = await chosenItems(ctx, wish);
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  const more = { plans: chosen.length, restores: chosen.length };
  await withScope(ctx.db, scope, (tx) => requireAllowance(ctx, tx, more));
  const restoreIds: string[] = [];
  const refused: RefusedMailbox[] = [];
  let first: unknown;
  for (const { mailboxId, sequence, itemIds } of chosen) {
    try {
      const { restoreId } = await planRestore(ctx, {
        tenantId: wish.tenantId,
        mailboxId,
        sequence,
        selection: { kind: 'items', itemIds },
        destination,
        collisions,
      });
      restoreIds.push(restoreId);
    } catch (err) {
      if (!isAppError(err)) throw err;
      first ??= err;
      refused.push({ mailboxId, refusal: err.message });
    }
  }
  if (restoreIds.length === 0) throw first;
  return { restoreIds, refused };
}
