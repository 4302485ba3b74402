import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireAllowance } from '../restores/allowance.ts';
import { draftRestore } from '../restores/draft.ts';
import { withScope } from '../transaction.ts';
import { chosenItems } from './chosen.ts';
import { exportFoundInput } from './input.ts';

/**
 * Keeps what was chosen of a search for a restore, one a mailbox, before anybody says where it goes.
 * @throws AppError `too-many`, before the first is kept, where there is no room for all
 */
export async function draftFound(
  ctx: ServiceContext,
  input: z.input<typeof exportFoundInput>,
): Promise<{ restoreIds: string[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'restores.run');
  const wish = parse(exportFoundInput, input);
  const chosen = await chosenItems(ctx, wish);
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  const more = { plans: 0, restores: chosen.length };
  await withScope(ctx.db, scope, (tx) => requireAllowance(ctx, tx, more));
  const restoreIds: string[] = [];
  for (const { mailboxId, sequence, itemIds } of chosen) {
    const { restoreId } = await draftRestore(ctx, {
      tenantId: wish.tenantId,
      mailboxId,
      sequence,
      selection: { kind: 'items', itemIds },
    });
    restoreIds.push(restoreId);
  }
  return { restoreIds };
}
