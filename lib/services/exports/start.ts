import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { beginExports } from './begin.ts';
import { startExportInput } from './input.ts';

/**
 * Begins an export; the worker writes the archive, `exports/download` hands it out. Who asks for the
 * same again before it is done gets the one that is being made.
 * @throws AppError `too-many` where somebody has too many made, or kept, at once
 */
export async function startExport(
  ctx: ServiceContext,
  input: z.input<typeof startExportInput>,
): Promise<{ exportId: string }> {
  requirePermission(ctx, 'exports.run');
  // What is exported can be read.
  requirePermission(ctx, 'content.read');
  const { tenantId, ...wish } = parse(startExportInput, input);
  requireReach(ctx, { tenantId, ...wish });
  const [exportId] = await beginExports(ctx, tenantId, [wish]);
  return { exportId: exportId! };
}
