import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { requireAllowance } from '../exports/allowance.ts';
import { startExport } from '../exports/start.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { chosenItems } from './chosen.ts';
import { exportFoundInput } from './input.ts';

/**
 * Begins the export of what a search found, one archive a mailbox.
 * @throws AppError `too-many`, before the first is begun, where there is no room for all
 */
export async function exportFound(
  ctx: ServiceContext,
  input: z.input<typeof exportFoundInput>,
): Promise<{ exportIds: string[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'exports.run');
  const wish = parse(exportFoundInput, input);
  const chosen = await chosenItems(ctx, wish);
  const scope = { mspId: ctx.mspId, tenantId: wish.tenantId };
  await withScope(ctx.db, scope, (tx) => requireAllowance(ctx, tx, chosen.length));
  const exportIds: string[] = [];
  for (const { mailboxId, sequence, itemIds } of chosen) {
    const { exportId } = await startExport(ctx, {
      tenantId: wish.tenantId,
      mailboxId,
      sequence,
      selection: { kind: 'items', itemIds },
    });
    exportIds.push(exportId);
  }
  return { exportIds };
}
