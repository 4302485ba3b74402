import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { ItemKind } from '#db/enums.ts';
import type { SearchFilter } from '#db/schema/search.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { listFoldersOfMailboxes } from '../folders/store.ts';
import { parse } from '../input.ts';
import { decodeCursor, encodeCursor } from '../items/cursor.ts';
import { listMailboxRows } from '../mailboxes/store.ts';
import { pathsOf } from '../restores/folder-paths.ts';
import { type FoundRow, findHits, type Wish } from './find.ts';
import { inTurn, withPatience } from './in-turn.ts';
import { searchResultsInput } from './input.ts';
import { type IndexState, loadSearch, readIndexState, type SearchRow, saveFound } from './store.ts';

export interface SearchView {
  id: string;
  mailboxId: string | null;
  mailboxName: string | null;
  words: string;
  filter: SearchFilter;
  createdAt: Date;
  expiresAt: Date;
}

export interface SearchHit {
  /** Of the version in the catalogue. */
  itemId: string;
  /** The item's id at Microsoft, the same over all its versions. */
  key: string;
  mailboxId: string;
  mailboxName: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  hasAttachments: boolean;
  /** The first words of its text. */
  excerpt: string;
  folderId: string;
  /** Names from the top. */
  folder: string[];
  /** When a copy first saw that it is no longer in the mailbox; null while it is there. */
  goneSince: Date | null;
  /**
   * When a copy first saw that it lies in Deleted Items or Recoverable Items alone: of what is found as
   * gone, which then is the version before.
   */
  binnedSince: Date | null;
  /** The newest copy of its mailbox that has this version. */
  sequence: number;
}

export interface SearchResults {
  search: SearchView;
  hits: SearchHit[];
  total: number;
  /** There are at least that many; nobody counted the rest. */
  totalIsAtLeast: boolean;
  /** Give it as `after` for the page that follows; null at the end. */
  next: string | null;
  index: IndexState;
}

/**
 * One page of what a search finds, newest first. Only whoever asked may see it. A page may hold fewer than
 * asked for where hits are far between; there are more all the same while it has a `next`.
 * @throws AppError `too-broad` when it takes too long, `too-many` where somebody has too many searches
 *   under way
 */
export async function searchResults(
  ctx: ServiceContext,
  input: z.input<typeof searchResultsInput>,
): Promise<SearchResults> {
  requirePermission(ctx, 'content.read');
  const { after, limit, tenantId, searchId } = parse(searchResultsInput, input);
  requireReach(ctx, { tenantId });
  const key = { mspId: ctx.mspId, tenantId, searchId };
  const cursor = after ? decodeCursor(after) : null;
  return await inTurn(ctx, key, async (tx) => {
    const search = await loadSearch(tx, key, {
      requestedBy: actorName(ctx.actor),
      now: ctx.clock.now(),
    });
    if (search.mailboxId !== null) requireReach(ctx, { tenantId, mailboxId: search.mailboxId });
    const { rows, stoppedAt } = await withPatience(ctx, tx, (patience) =>
      findHits(tx, wishOf(search), {
        after: cursor,
        limit: limit + 1,
        now: ctx.clock.now(),
        patience,
        hurry: true,
      }),
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const isFull = rows.length > limit && last !== undefined;
    const from = isFull ? { at: last.at, id: last.itemId } : stoppedAt;
    const more = from !== null;
    const count =
      search.found === null || cursor === null
        ? { found: page.length, foundMore: more }
        : { found: search.found, foundMore: search.foundMore };
    if (cursor === null) await saveFound(tx, key, count);
    const names = new Map(
      (await listMailboxRows(tx, ctx.mspId, tenantId)).map((row) => [row.id, row.displayName]),
    );
    const folders = await foldersOf(tx, { mspId: ctx.mspId, tenantId }, page);
    const index = await readIndexState(tx, { ...key, mailboxId: search.mailboxId });
    await audit(ctx, tx, {
      tenantId,
      action: 'search.read',
      entity: 'search',
      entityId: searchId,
      facts: { mailboxId: search.mailboxId, hits: page.length },
    });
    return {
      search: viewSearch(search, names),
      hits: page.map((row) => viewHit(row, names, folders)),
      total: count.found,
      totalIsAtLeast: count.foundMore,
      next: from === null ? null : encodeCursor(from),
      index,
    };
  });
}

export function wishOf(search: SearchRow): Wish {
  const { mspId, tenantId, mailboxId, words, filter } = search;
  return { mspId, tenantId, mailboxId, words, filter };
}

export function viewSearch(search: SearchRow, names: ReadonlyMap<string, string>): SearchView {
  const { id, mailboxId, words, filter, createdAt, expiresAt } = search;
  const mailboxName = mailboxId === null ? null : (names.get(mailboxId) ?? null);
  return { id, mailboxId, mailboxName, words, filter, createdAt, expiresAt };
}

type Folders = ReadonlyMap<string, ReadonlyMap<string, string[]>>;

/** Paths by mailbox and folder; a folder that is gone has the one it last had. */
async function foldersOf(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  page: readonly FoundRow[],
): Promise<Folders> {
  const sequences = new Map<string, number>();
  for (const { mailboxId, sequence } of page) {
    sequences.set(mailboxId, Math.max(sequence, sequences.get(mailboxId) ?? 0));
  }
  const rows = await listFoldersOfMailboxes(tx, scope, sequences);
  const byMailbox = Map.groupBy(rows, (row) => row.mailboxId);
  return new Map([...byMailbox].map(([mailboxId, list]) => [mailboxId, pathsOf(list)]));
}

function viewHit(row: FoundRow, names: ReadonlyMap<string, string>, folders: Folders): SearchHit {
  const { contentId: _, ...hit } = row;
  const folder = folders.get(row.mailboxId)?.get(row.folderId) ?? [];
  return { ...hit, mailboxName: names.get(row.mailboxId) ?? '', folder };
}
