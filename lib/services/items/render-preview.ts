import type { z } from 'zod';
import type { ItemKind } from '#db/enums.ts';
import { isAppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { renderPreviewInput } from './input.ts';
import {
  dropExpiredPreviews,
  findPreview,
  loadItem,
  type RenderedText,
  savePreview,
} from './store.ts';

/**
 * The worker's half of reading an item.
 * @param render text of the item record `ref`, an item of that kind, in the vault of this tenant
 */
export async function renderPreview(
  ctx: ServiceContext,
  input: z.input<typeof renderPreviewInput>,
  render: (ref: string, kind: ItemKind) => Promise<RenderedText>,
): Promise<void> {
  requirePermission(ctx, 'content.read');
  const { tenantId, previewId } = parse(renderPreviewInput, input);
  const scope = { mspId: ctx.mspId, tenantId };
  const item = await withScope(ctx.db, scope, async (tx) => {
    const preview = await findPreview(tx, ctx.mspId, tenantId, previewId);
    if (preview === undefined) throw notFound();
    if (preview.state !== 'waiting') return null;
    const { mailboxId, itemId } = preview;
    return await loadItem(tx, { mspId: ctx.mspId, tenantId, mailboxId, itemId });
  });
  if (item === null) return;
  let result: RenderedText | { refusal: string };
  try {
    result = await render(item.ref, item.kind);
  } catch (err) {
    // A person is waiting: an answer now beats a retry they will not see.
    ctx.deps.log.error('an item could not be rendered', err, { previewId });
    result = { refusal: isAppError(err) ? err.message : 'This item could not be opened.' };
  }
  await withScope(ctx.db, scope, async (tx) => {
    await savePreview(tx, ctx.mspId, tenantId, previewId, result);
    await dropExpiredPreviews(tx, ctx.mspId, tenantId, ctx.clock.now(), previewId);
  });
}
