import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { expireExports } from './store.ts';

/**
 * Removes archives whose time is over: they hold mail in clear. A file whose removal fails keeps
 * its row, and is tried again.
 */
export async function dropExpiredExports(
  ctx: ServiceContext,
  input: { tenantId: string },
  folder: string,
): Promise<void> {
  requirePermission(ctx, 'exports.run');
  const scope = { mspId: ctx.mspId, tenantId: input.tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    for (const { file } of await expireExports(tx, scope, ctx.clock.now())) {
      if (file !== null) await rm(join(folder, basename(file)), { force: true });
    }
  });
}
