import type { z } from 'zod';
import type { ItemKind } from '#db/enums.ts';
import type { ItemCard } from '#lib/exchange/item-details.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { loadMailbox, loadSnapshot } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { decodeCursor, decodePlace, encodeCursor, encodePlace } from './cursor.ts';
import { itemsInput } from './input.ts';
import { type ItemNow, listItemRows } from './store.ts';

export interface ItemView {
  id: string;
  /** The item's id at Microsoft, the same over all its versions. */
  key: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  hasAttachments: boolean;
  /** Of an event, a contact or a task; null also where it was copied before cards were kept. */
  card: ItemCard | null;
  /** When a snapshot first saw that it is no longer in the mailbox. */
  goneSince: Date | null;
  /** What became of it since. */
  now: ItemNow;
}

export interface ItemPage {
  items: ItemView[];
  /** Give it as `after` for the page that follows; null at the end. */
  next: string | null;
}

/** One window of a folder as of a copy. Subjects are mail: that they were looked at is audited. */
export async function listItems(
  ctx: ServiceContext,
  input: z.input<typeof itemsInput>,
): Promise<ItemPage> {
  requirePermission(ctx, 'content.read');
  const { after, limit, show, order, folderId, ...place } = parse(itemsInput, input);
  requireReach(ctx, place);
  const at = { mspId: ctx.mspId, ...place };
  const byDate = order === 'newest';
  const cursor = after && byDate ? decodeCursor(after) : null;
  const skip = after && !byDate ? decodePlace(after) : 0;
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: at.tenantId }, async (tx) => {
    await loadMailbox(tx, at.mspId, at.tenantId, at.mailboxId);
    await loadSnapshot(tx, at.mspId, at.tenantId, at.mailboxId, at.sequence);
    // One more than asked for tells whether there is a next page.
    const rows = await listItemRows(tx, at, {
      ...{ folderId, order, after: cursor, skip, limit: limit + 1 },
      goneOnly: show === 'gone',
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    const next = !isMore ? null : byDate ? encodeCursor(last) : encodePlace(skip + limit);
    await audit(ctx, tx, {
      tenantId: at.tenantId,
      action: 'item.list',
      entity: 'mailbox',
      entityId: at.mailboxId,
      facts: { mailboxId: at.mailboxId, sequence: at.sequence, items: page.length },
    });
    return {
      items: page.map(({ folderId: _, fromSeq: __, toSeq: ___, ...item }) => item),
      next,
    };
  });
}
