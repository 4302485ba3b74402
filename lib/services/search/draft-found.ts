import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { draftRestore } from '../restores/draft.ts';
import { chosenItems } from './chosen.ts';
import { exportFoundInput } from './input.ts';

/** Keeps what was chosen of a search for a restore, one a mailbox, before anybody says where it goes. */
export async function draftFound(
  ctx: ServiceContext,
  input: z.input<typeof exportFoundInput>,
): Promise<{ restoreIds: string[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'restores.run');
  const wish = parse(exportFoundInput, input);
  const restoreIds: string[] = [];
  for (const { mailboxId, sequence, itemIds } of await chosenItems(ctx, wish)) {
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
