import type { z } from 'zod';
import type { PreviewAttachment } from '#db/schema/restores.ts';
import { addMs } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { readItemInput } from './input.ts';
import { addPreview, findPreview, findReadyPreview, loadItem, type PreviewRow } from './store.ts';

const waitMs = 10_000;
const pollMs = 100;
const previewLifeMs = 10 * 60_000;

/** Text only: whatever the mail holds, nothing in it runs or is fetched. */
export interface ItemText {
  headers: [name: string, value: string][];
  text: string;
  attachments: PreviewAttachment[];
  /** True when the text is longer than what is shown. */
  truncated: boolean;
}

/**
 * Opens one item. The portal has no vault key: the worker renders the text, and this waits for it.
 * That the item was opened is in the audit log before anything is shown.
 * @throws AppError `vault.unavailable` after 10 s without an answer
 */
export async function readItem(
  ctx: ServiceContext,
  input: z.input<typeof readItemInput>,
): Promise<ItemText> {
  requirePermission(ctx, 'content.read');
  const place = { mspId: ctx.mspId, ...parse(readItemInput, input) };
  requireReach(ctx, place);
  const scope = { mspId: ctx.mspId, tenantId: place.tenantId };
  const previewId = newId();
  const ready = await withScope(ctx.db, scope, async (tx) => {
    await loadItem(tx, place);
    const now = ctx.clock.now();
    const earlier = await findReadyPreview(tx, place, now);
    if (earlier === undefined) {
      await addPreview(tx, {
        ...place,
        id: previewId,
        state: 'waiting',
        requestedBy: actorName(ctx.actor),
        createdAt: now,
        expiresAt: addMs(now, previewLifeMs),
      });
    }
    await audit(ctx, tx, {
      tenantId: place.tenantId,
      action: 'item.read',
      entity: 'item',
      entityId: place.itemId,
      facts: { mailboxId: place.mailboxId },
    });
    return earlier;
  });
  if (ready !== undefined) return viewText(ready);
  await ctx.deps.jobs.startReadItem({ ...scope, previewId });
  const started = ctx.clock.monotonicMs();
  for (;;) {
    const row = await withScope(ctx.db, scope, (tx) =>
      findPreview(tx, scope.mspId, scope.tenantId, previewId),
    );
    if (row?.state === 'ready') return viewText(row);
    if (row?.state === 'failed') {
      throw new AppError('vault.unavailable', row.refusal ?? 'This item could not be opened.');
    }
    if (ctx.clock.monotonicMs() - started > waitMs) {
      throw new AppError(
        'vault.unavailable',
        'The vault did not answer within 10 seconds. The item is safe; try again in a moment.',
        { retryable: true },
      );
    }
    await sleep(pollMs);
  }
}

function viewText(row: PreviewRow): ItemText {
  return {
    headers: row.headers ?? [],
    text: row.text ?? '',
    attachments: row.attachments ?? [],
    truncated: row.truncated,
  };
}
