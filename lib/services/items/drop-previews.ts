import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { removePreviewFile } from './preview-file.ts';
import { dropExpiredPreviews } from './store.ts';

/**
 * Removes the text and the files of mail that nobody reads any more, also where nobody reads another
 * one. A file whose removal fails keeps its row, and is tried again.
 */
export async function dropPreviews(
  ctx: ServiceContext,
  input: { tenantId: string },
  folder: string,
): Promise<void> {
  requirePermission(ctx, 'content.read');
  const scope = { mspId: ctx.mspId, tenantId: input.tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    const now = ctx.clock.now();
    for (const id of await dropExpiredPreviews(tx, ctx.mspId, input.tenantId, now)) {
      await removePreviewFile(folder, id);
    }
  });
}
