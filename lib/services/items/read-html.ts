import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { previewHtmlInput } from './input.ts';
import { findPreview } from './store.ts';

/**
 * The formatted text of what `readItem` opened, made harmless in the worker. Only for a frame
 * without an origin and with a policy of its own.
 */
export async function readPreviewHtml(
  ctx: ServiceContext,
  input: z.input<typeof previewHtmlInput>,
): Promise<{ html: string }> {
  requirePermission(ctx, 'content.read');
  const { tenantId, previewId } = parse(previewHtmlInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const row = await findPreview(tx, ctx.mspId, tenantId, previewId);
    if (row === undefined || row.form !== 'view' || row.html === null) throw notFound();
    requireReach(ctx, row);
    if (row.expiresAt <= ctx.clock.now()) {
      throw new AppError('expired', 'This view is no longer kept. Open the item again.');
    }
    await audit(ctx, tx, {
      tenantId,
      action: 'item.read',
      entity: 'item',
      entityId: row.itemId,
      facts: { mailboxId: row.mailboxId, form: 'formatted' },
    });
    return { html: row.html };
  });
}
