import type { z } from 'zod';
import { isAppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { renderPreviewInput } from './input.ts';
import { removePreviewFile } from './preview-file.ts';
import type { RenderWish } from './render-item.ts';
import {
  dropExpiredPreviews,
  findPreview,
  loadItem,
  type RenderedFile,
  type RenderedView,
  savePreview,
} from './store.ts';

/**
 * The worker's half of reading an item.
 * @param render makes what is asked for of the item record, in the vault of this tenant
 * @param folder where files of earlier ones lie, which nobody fetches any more
 */
export async function renderPreview(
  ctx: ServiceContext,
  input: z.input<typeof renderPreviewInput>,
  render: (wish: RenderWish) => Promise<RenderedView | RenderedFile>,
  folder: string,
): Promise<void> {
  requirePermission(ctx, 'content.read');
  const { tenantId, previewId } = parse(renderPreviewInput, input);
  const scope = { mspId: ctx.mspId, tenantId };
  const wish = await withScope(ctx.db, scope, async (tx) => {
    const preview = await findPreview(tx, ctx.mspId, tenantId, previewId);
    if (preview === undefined) throw notFound();
    if (preview.state !== 'waiting') return null;
    const { mailboxId, itemId, form, part } = preview;
    const { ref, kind } = await loadItem(tx, { mspId: ctx.mspId, tenantId, mailboxId, itemId });
    return { previewId, ref, kind, form, part };
  });
  if (wish === null) return;
  let result: RenderedView | RenderedFile | { refusal: string; absent: boolean };
  try {
    result = await render(wish);
  } catch (err) {
    // A person is waiting: an answer now beats a retry they will not see.
    ctx.deps.log.error('an item could not be rendered', err, { previewId });
    result = {
      refusal: isAppError(err) ? err.message : 'This item could not be opened.',
      absent: isAppError(err, 'not-found'),
    };
  }
  await withScope(ctx.db, scope, async (tx) => {
    const isSaved = await savePreview(tx, ctx.mspId, tenantId, previewId, result);
    if (!isSaved) await removePreviewFile(folder, previewId);
    const now = ctx.clock.now();
    for (const id of await dropExpiredPreviews(tx, ctx.mspId, tenantId, now, previewId)) {
      await removePreviewFile(folder, id);
    }
  });
}
