import type { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { beginExports } from '../exports/begin.ts';
import { parse } from '../input.ts';
import { chosenItems } from './chosen.ts';
import { exportFoundInput } from './input.ts';

/**
 * Begins the export of what a search found, one archive a mailbox: all of them or none.
 * @throws AppError `too-many` where there is no room for all
 */
export async function exportFound(
  ctx: ServiceContext,
  input: z.input<typeof exportFoundInput>,
): Promise<{ exportIds: string[] }> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'exports.run');
  const wish = parse(exportFoundInput, input);
  const chosen = await chosenItems(ctx, wish);
  const wishes = chosen.map(({ mailboxId, sequence, itemIds }) => ({
    mailboxId,
    sequence,
    selection: { kind: 'items' as const, itemIds },
  }));
  return { exportIds: await beginExports(ctx, wish.tenantId, wishes) };
}
