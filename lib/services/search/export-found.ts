import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { startExport } from '../exports/start.ts';
import { parse } from '../input.ts';
import { chosenItems } from './chosen.ts';
import { exportFoundInput } from './input.ts';

/** Begins the export of what a search found, one archive a mailbox. */
export async function exportFound(
  ctx: ServiceContext,
  input: z.input<typeof exportFoundInput>,
): Promise<{ exportIds: string[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'exports.run');
  const wish = parse(exportFoundInput, input);
  const exportIds: string[] = [];
  for (const { mailboxId, sequence, itemIds } of await chosenItems(ctx, wish)) {
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
