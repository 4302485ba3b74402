import type { z } from 'zod';
import type { ItemKind } from '#db/enums.ts';
import type { PreviewAttachment } from '#db/schema/restores.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import type { ItemDetails } from '#lib/exchange/item-details.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { listFolderNames } from '../folders/store.ts';
import { parse } from '../input.ts';
import { pathsOf } from '../restores/folder-paths.ts';
import { withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import { awaitPreview } from './await-preview.ts';
import { readItemInput } from './input.ts';
import {
  addPreview,
  findReadyPreview,
  type ItemNow,
  loadMarkedItem,
  type PreviewRow,
} from './store.ts';

export type {
  ContactDetails,
  EventDetails,
  ItemDetails,
  TaskDetails,
  ZonedTime,
} from '#lib/exchange/item-details.ts';

const waitMs = 10_000;
const lifeMs = 10 * 60_000;

/** What the catalogue knows of the version that was opened. */
export interface ItemFacts {
  id: string;
  /** The item's id at Microsoft, the same over all its versions. */
  key: string;
  mailboxId: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  /** What became of it since. */
  now: ItemNow;
  goneSince: Date | null;
  folderId: string;
  /** Names from the top; empty where its folder was never seen. */
  folder: string[];
  /** The newest copy that has this version. */
  sequence: number;
  /** Of the same item, newest first; `since` is the copy that saw it first, where it is still there. */
  versions: { id: string; since: Date | null; sequence: number }[];
}

/** Mail is hostile: text first. The formatted text comes by `readPreviewHtml`, for a frame of its own. */
export interface OpenedItem {
  item: ItemFacts;
  /** Names what was rendered, for a few minutes. */
  previewId: string;
  headers: [name: string, value: string][];
  text: string;
  hasHtml: boolean;
  /** Pictures and styles of elsewhere that were left out of the formatted text. */
  remote: number;
  attachments: PreviewAttachment[];
  /** Of events, contacts and tasks. */
  details: ItemDetails | null;
  /** Every header line of a message, in its order. */
  headerLines: [name: string, value: string][];
  /** True when the text is longer than what is shown. */
  truncated: boolean;
}

/**
 * Opens one item. The portal has no vault key: the worker renders it, and this waits for it.
 * That the item was opened is in the audit log before anything is shown.
 * @throws AppError `vault.unavailable` after 10 s without an answer, `too-many` where somebody waits
 *   for too many at once
 */
export async function readItem(
  ctx: ServiceContext,
  input: z.input<typeof readItemInput>,
): Promise<OpenedItem> {
  requirePermission(ctx, 'content.read');
  const place = { mspId: ctx.mspId, ...parse(readItemInput, input) };
  requireReach(ctx, place);
  const scope = { mspId: ctx.mspId, tenantId: place.tenantId };
  const previewId = newId();
  const { item, ready } = await withScope(ctx.db, scope, async (tx) => {
    const { fromSeq, toSeq: _, hasAttachments: __, ...row } = await loadMarkedItem(tx, place);
    const folders = await listFolderNames(tx, { ...place, sequence: fromSeq });
    const item: ItemFacts = {
      ...row,
      mailboxId: place.mailboxId,
      folder: pathsOf(folders).get(row.folderId) ?? [],
    };
    const now = ctx.clock.now();
    const ready = await findReadyPreview(tx, place, now);
    if (ready === undefined) {
      await requireAllowance(ctx, tx, null);
      await addPreview(tx, {
        ...place,
        id: previewId,
        state: 'waiting',
        form: 'view',
        requestedBy: actorName(ctx.actor),
        createdAt: now,
        expiresAt: addMs(now, lifeMs),
      });
    }
    await audit(ctx, tx, {
      tenantId: place.tenantId,
      action: 'item.read',
      entity: 'item',
      entityId: place.itemId,
      facts: { mailboxId: place.mailboxId },
    });
    return { item, ready };
  });
  return viewOpened(
    item,
    ready ?? (await awaitPreview(ctx, { ...scope, previewId, lifeMs }, waitMs)),
  );
}

function viewOpened(item: ItemFacts, row: PreviewRow): OpenedItem {
  return {
    item,
    previewId: row.id,
    headers: row.headers ?? [],
    text: row.text ?? '',
    hasHtml: row.html !== null,
    remote: row.remote,
    attachments: row.attachments ?? [],
    details: (row.details as ItemDetails | null) ?? null,
    headerLines: row.headerLines ?? [],
    truncated: row.truncated,
  };
}
