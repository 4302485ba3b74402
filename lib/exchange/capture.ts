import type { Clock } from '#lib/core/clock.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import type { GraphClient, GraphPage } from '#lib/graph/client.ts';
import { GraphCutShort, GraphError, isNotFound } from '#lib/graph/errors.ts';
import { getFolder } from '#lib/graph/folders.ts';
import { allItems, getItem, itemsDelta, type MailboxItem } from '#lib/graph/items.ts';
import { type CaptureMode, captureItems, type ItemSink } from './capture-items.ts';
import { CircuitBreaker, type PlacedItem, spread } from './circuit-breaker.ts';
import { readFolderTree } from './folder-tree.ts';
import type { CapturedPage, CaptureJournal, ItemOutcome, SourceFolder } from './journal.ts';
import { findMoved, isMailFolder, mayMoveTo, type ReadFolder } from './moved-items.ts';
import { balances, emptyTally, type OutcomeTally } from './outcome.ts';
import { formFailure, type SourceMailbox } from './read-item.ts';

export interface CaptureInput {
  /** A client of its own for this mailbox. */
  graph: GraphClient;
  mailbox: SourceMailbox;
  writer: ItemSink;
  journal: CaptureJournal;
  mode: CaptureMode;
  /** The slice ends between two pages once this much time has passed. */
  budgetMs: number;
  /** True when somebody more urgent waits for the mailbox: the slice ends after the page at hand. */
  makesWay?: () => boolean;
  signal: AbortSignal;
  /** Called after each item and each page; counts move with pages. */
  onProgress(progress: CaptureProgress): void;
  clock: Clock;
}

/** Counts of this slice. */
export interface CaptureProgress {
  folder: string;
  foldersDone: number;
  foldersTotal: number;
  enumerated: number;
  tally: OutcomeTally;
  bytesRead: number;
  requests: number;
}

const pageItems = 200;
const pageItemsMin = 5;
/** Read before it is committed, at most: this much is read again after a crash. */
const commitBytesMax = 32 * 1024 * 1024;
/** Pages wait for each other so that the vault writes few large packs; not more of them, and not longer. */
const commitPagesMax = 25;
const commitEveryMs = 15_000;
/** Up to here each claimed removal is asked for by itself; above, the folder is listed once. */
const singleConfirmationsMax = 40;
const removedPerPage = 1000;
/** Folders in which other items are looked for when many in a row fail. */
const elsewhereFoldersMax = 6;

/**
 * One slice of backing a mailbox up: every folder's changes since its cursor, then items that failed
 * before, then folders that are gone. What a page brought is durable in the vault before the page is
 * committed with its cursor; a slice that dies repeats a few pages at most.
 *
 * An unchanged mailbox costs one request for the folders and one for each folder.
 *
 * @returns `more` when the budget ended first or the slice made way: call again with the same journal
 * @throws AppError `source.gone` (mailbox not there), `throttled`, `source.unavailable` (more than 20
 *   failures in a row, and nothing else is given out either), `consent.missing`, whatever the vault or the journal throws, or the abort reason
 */
export async function captureMailbox(input: CaptureInput): Promise<{ state: 'done' | 'more' }> {
  return new Capture(input).run();
}

class Capture {
  readonly #input: CaptureInput;
  readonly #breaker: CircuitBreaker;
  readonly #endsAtMs: number;
  readonly #progress: CaptureProgress;
  /** Captured, not yet committed; in order. */
  #pending: CapturedPage[] = [];
  #pendingBytes = 0;
  #committedAtMs: number;
  #storeFailed = false;
  #requestsCounted: number;
  #pages = 0;

  constructor(input: CaptureInput) {
    this.#input = input;
    const { graph, mailbox, mode, signal } = input;
    const elsewhere = () => this.#elsewhere();
    this.#breaker = new CircuitBreaker({ graph, mailbox, mode, signal, elsewhere });
    this.#endsAtMs = input.clock.monotonicMs() + input.budgetMs;
    this.#committedAtMs = input.clock.monotonicMs();
    this.#requestsCounted = input.graph.requests;
    this.#progress = {
      folder: '',
      foldersDone: 0,
      foldersTotal: 0,
      enumerated: 0,
      tally: emptyTally(),
      bytesRead: 0,
      requests: 0,
    };
  }

  async run(): Promise<{ state: 'done' | 'more' }> {
    try {
      const state = await this.#slice();
      await this.#commitPending();
      return { state };
    } catch (err) {
      // What was captured before the trouble counts, unless the trouble is the store or the lease.
      if (!this.#storeFailed && !this.#input.signal.aborted) {
        await this.#commitPending().catch(() => {});
      }
      throw err;
    }
  }

  async #slice(): Promise<'done' | 'more'> {
    const { graph, mailbox, journal, signal } = this.#input;
    const before = await journal.folders();
    const tree = await readFolderTree(graph, mailbox.exchangeId, before, signal);
    await journal.commitFolders(tree);
    const finished = await journal.finishedFolders();
    this.#progress.foldersTotal = tree.length;
    for (const folder of tree) {
      if (!finished.has(folder.id)) {
        if (this.#overBudget()) return 'more';
        this.#progress.folder = folder.name;
        if ((await this.#folder(folder)) === 'more') return 'more';
      }
      this.#progress.foldersDone++;
    }
    await this.#commitPending();
    if ((await this.#retries()) === 'more') return 'more';
    await this.#commitPending();
    const present = new Set(tree.map(({ id }) => id));
    for (const folder of before) {
      if (present.has(folder.id)) continue;
      if (this.#overBudget()) return 'more';
      await this.#goneFolder(folder);
    }
    return 'done';
  }

  async #folder(folder: SourceFolder): Promise<'done' | 'more'> {
    let cursor = parseCursor(await this.#input.journal.cursor(folder.id));
    let seen: Set<string> | null = null;
    // A link to an address that Microsoft is not asked at any more is worth as much as none.
    if (cursor.link === null || !this.#input.graph.follows(cursor.link)) {
      seen = new Set();
      cursor = { link: null, round: (await this.#hasOpenItems(folder.id)) ? 'resync' : 'first' };
    }
    let size = pageItems;
    let restarts = 0;
    for (;;) {
      let page: GraphPage<MailboxItem>;
      try {
        page = await this.#readPage(folder.id, cursor.link, size);
      } catch (err) {
        if (
          err instanceof GraphError &&
          err.code === 'expired' &&
          cursor.link !== null &&
          restarts++ < 3
        ) {
          seen = new Set();
          cursor = { link: null, round: 'resync' };
          continue;
        }
        if (err instanceof GraphError && err.retryable && isSlowPage(err) && size > pageItemsMin) {
          // One bad message can make every page with it fail (research/graph.md §9, 3).
          size = Math.max(pageItemsMin, Math.floor(size / 4));
          continue;
        }
        // Deleted since the tree was read: the next run finds it gone.
        if (isNotFound(err) && !(await this.#folderExists(folder.id))) return 'done';
        throw err;
      }
      if (page.nextLink !== null && page.nextLink === cursor.link) throw new GraphCutShort();
      const last = page.deltaLink !== null && page.nextLink === null;
      if (seen) for (const { id } of page.value) seen.add(id);
      const lost = last && cursor.round === 'resync' ? await this.#lostIn(folder.id, seen) : [];
      // An emptied folder is told in pages too: a statement takes so many ids and no more.
      while (lost.length > removedPerPage) {
        const some = lost.splice(0, removedPerPage);
        await this.#page(folder.id, [], some, { cursor: undefined, roundComplete: false });
      }
      const complete = await this.#page(folder.id, page.value, lost, {
        cursor: last ? page.deltaLink! : formatCursor({ ...cursor, link: page.nextLink! }),
        roundComplete: last,
      });
      if (complete === 'more') return 'more';
      if (last) return 'done';
      cursor = { ...cursor, link: page.nextLink };
      if (this.#overBudget()) return 'more';
    }
  }

  #readPage(folderId: string, link: string | null, pageSize: number) {
    const { graph, mailbox, signal } = this.#input;
    const target = { mailboxId: mailbox.exchangeId, folderId };
    return itemsDelta(graph, target, link, { pageSize, signal });
  }

  /** @param lost ids that a complete listing of the folder no longer has */
  async #page(
    folderId: string,
    entries: readonly MailboxItem[],
    lost: readonly string[],
    end: { cursor: string | undefined; roundComplete: boolean },
  ): Promise<'done' | 'more'> {
    const { journal } = this.#input;
    const live = new Map<string, MailboxItem>();
    const tombstones = new Set<string>();
    for (const entry of entries) {
      if (entry['@removed']) tombstones.add(entry.id);
      else live.set(entry.id, entry);
    }
    // What has moved here to another folder is told from what is gone by the catalogue alone.
    if (tombstones.size > 0 || lost.length > 0) await this.#commitPending();
    const ids = new Set([...live.keys(), ...tombstones]);
    const known = await journal.known([...new Set([...ids, ...lost])]);
    const outcomes: ItemOutcome[] = [];
    const wanted: MailboxItem[] = [];
    const claimed: string[] = [];
    for (const id of ids) {
      const row = known.get(id);
      const entry = live.get(id);
      const here = row?.folderId === folderId;
      // Named as there and as gone in no order that could be trusted: it is asked for.
      if (here && tombstones.has(id)) claimed.push(id);
      else if (entry && here && sameChange(row.changeKey, entry.changeKey))
        outcomes.push(line(id, folderId, 'reused'));
      else if (entry) wanted.push(entry);
      // It has moved, and the folder where it is now told so before.
      else if (row) outcomes.push(line(id, folderId, 'reused'));
      // A tombstone of what was never stored tells nothing and does not count as listed.
    }
    const { gone: notHere, present } = await this.#confirm(folderId, claimed);
    const gone = await this.#notMoved(folderId, notHere);
    const left = new Set(gone);
    for (const id of notHere) if (!left.has(id)) outcomes.push(line(id, folderId, 'reused'));
    for (const entry of present) {
      if (sameChange(known.get(entry.id)?.changeKey, entry.changeKey))
        outcomes.push(line(entry.id, folderId, 'reused'));
      else wanted.push(entry);
    }
    const removed = [...gone, ...lost.filter((id) => known.get(id)?.folderId === folderId)];
    return this.#capture(folderId, wanted, { outcomes, removed, ...end });
  }

  /** Captures in portions; the last one carries the cursor and everything that needed no reading. */
  async #capture(
    folderId: string,
    wanted: readonly MailboxItem[],
    rest: {
      outcomes: ItemOutcome[];
      removed: string[];
      cursor: string | undefined;
      roundComplete: boolean;
      /** Look at them once more in the next run. */
      again?: boolean;
    },
  ): Promise<'done' | 'more'> {
    const { graph, mailbox, writer: sink, mode, signal } = this.#input;
    const portions = portionsOf(wanted);
    for (const [index, portion] of portions.entries()) {
      signal.throwIfAborted();
      const last = index === portions.length - 1;
      const page: CapturedPage = {
        folderId,
        cursor: last ? rest.cursor : undefined,
        roundComplete: last && rest.roundComplete,
        enumerated: 0,
        items: [],
        removed: last ? rest.removed : [],
        outcomes: last
          ? [...rest.outcomes, ...rest.removed.map((id) => line(id, folderId, 'removed'))]
          : [],
        again: [],
        requests: 0,
        bytesRead: 0,
      };
      const source = { graph, mailbox, sink, mode, signal, onItem: () => this.#report() };
      for (const result of await captureItems(source, folderId, portion, this.#breaker)) {
        if (result.kind === 'none') {
          page.outcomes.push(result.outcome);
          continue;
        }
        page.items.push(result.item);
        page.outcomes.push(line(result.item.id, folderId, result.item.outcome));
        page.bytesRead += result.bytesRead;
        if (result.again || rest.again) page.again.push(result.item.id);
      }
      await this.#commit(page);
      if (!last && this.#overBudget()) return 'more';
    }
    return 'done';
  }

  async #commit(page: CapturedPage): Promise<void> {
    const { graph, clock } = this.#input;
    page.enumerated = page.outcomes.length;
    page.requests = graph.requests - this.#requestsCounted;
    this.#requestsCounted += page.requests;
    this.#pages++;
    this.#pending.push(page);
    this.#pendingBytes += page.bytesRead;
    if (
      this.#pendingBytes >= commitBytesMax ||
      this.#pending.length >= commitPagesMax ||
      clock.monotonicMs() - this.#committedAtMs >= commitEveryMs
    ) {
      await this.#commitPending();
    }
  }

  /** Makes what was captured durable, then moves the cursors over it. */
  async #commitPending(): Promise<void> {
    const { writer, journal, signal, clock } = this.#input;
    signal.throwIfAborted();
    try {
      if (this.#pending.some(({ items }) => items.length > 0)) await writer.flush();
      for (;;) {
        const page = this.#pending[0];
        if (!page) break;
        signal.throwIfAborted();
        await journal.commitPage(page);
        this.#pending.shift();
        this.#count(page);
      }
    } catch (err) {
      this.#storeFailed = true;
      throw err;
    }
    this.#pendingBytes = 0;
    this.#committedAtMs = clock.monotonicMs();
  }

  #count(page: CapturedPage): void {
    const progress = this.#progress;
    progress.enumerated += page.enumerated;
    progress.requests += page.requests;
    progress.bytesRead += page.bytesRead;
    for (const { outcome } of page.outcomes) progress.tally[outcome]++;
    if (!balances(progress.enumerated, progress.tally)) {
      throw new AppError('internal', 'A page of the backup does not balance.');
    }
    this.#report();
  }

  #report(): void {
    const progress = this.#progress;
    this.#input.onProgress({ ...progress, tally: { ...progress.tally } });
  }

  /** Asks for what is said to be gone: a removal is a claim (research/graph.md §2.7). */
  async #confirm(
    folderId: string,
    claimed: readonly string[],
  ): Promise<{ gone: string[]; present: MailboxItem[] }> {
    if (claimed.length === 0) return { gone: [], present: [] };
    const { graph, mailbox, signal } = this.#input;
    const target = { mailboxId: mailbox.exchangeId, folderId };
    const present: MailboxItem[] = [];
    if (claimed.length <= singleConfirmationsMax) {
      const found = await mapLimited(claimed, 4, (id) => getItem(graph, target, id, { signal }));
      for (const item of found) if (item) present.push(item);
    } else {
      const claims = new Set(claimed);
      for await (const item of allItems(graph, target, signal)) {
        if (claims.has(item.id)) present.push(item);
      }
    }
    const still = new Set(present.map(({ id }) => id));
    return { gone: claimed.filter((id) => !still.has(id)), present };
  }

  /**
   * Of items that are not in this folder any more, those that were not moved into a folder which this
   * run has read already. It would not look there again, and the snapshot would lack them.
   */
  async #notMoved(folderId: string, gone: string[]): Promise<string[]> {
    if (gone.length === 0) return gone;
    await this.#commitPending();
    const { graph, mailbox, journal, signal } = this.#input;
    const finished = await journal.finishedFolders();
    const folders = await journal.folders();
    const from = folders.find(({ id }) => id === folderId);
    const read: ReadFolder[] = [];
    for (const folder of folders) {
      if (folder.id === folderId || !finished.has(folder.id) || !mayMoveTo(from, folder)) continue;
      const { link } = parseCursor(await journal.cursor(folder.id));
      if (link !== null) read.push({ id: folder.id, link });
    }
    if (read.length === 0) return gone;
    const source = { graph, mailbox, signal };
    const moved = await findMoved(source, gone, read, isMailFolder(from));
    if (moved.size === 0) return gone;
    for (const [newFolderId, entries] of Map.groupBy(moved, ([, to]) => to)) {
      const target = { mailboxId: mailbox.exchangeId, folderId: newFolderId };
      const items = await mapLimited(entries, 4, ([id]) => getItem(graph, target, id, { signal }));
      for (const portion of portionsOf(items.filter((item) => item !== null))) {
        // Deleted before the next round of that folder, it might never be named there.
        const end = { outcomes: [], removed: [], cursor: undefined, again: true };
        await this.#capture(newFolderId, portion, { ...end, roundComplete: false });
      }
    }
    await this.#commitPending();
    const known = await journal.known([...moved.keys()]);
    return gone.filter((id) => (known.get(id)?.folderId ?? folderId) === folderId);
  }

  /** What the catalogue has open in a folder and a complete listing did not name. */
  async #lostIn(folderId: string, seen: ReadonlySet<string> | null): Promise<string[]> {
    const { graph, mailbox, journal, signal } = this.#input;
    let present = seen;
    if (!present) {
      // The round began in an earlier slice, and what it named is not known any more.
      const listed = new Set<string>();
      const target = { mailboxId: mailbox.exchangeId, folderId };
      for await (const { id } of allItems(graph, target, signal)) listed.add(id);
      present = listed;
    }
    const missing: string[] = [];
    for await (const id of journal.openIds(folderId)) if (!present.has(id)) missing.push(id);
    const gone =
      missing.length > singleConfirmationsMax
        ? missing
        : (await this.#confirm(folderId, missing)).gone;
    return this.#notMoved(folderId, gone);
  }

  async #retries(): Promise<'done' | 'more'> {
    const { graph, mailbox, journal, signal } = this.#input;
    const byFolder = Map.groupBy(await journal.retryList(), ({ folderId }) => folderId);
    for (const [folderId, items] of byFolder) {
      if (this.#overBudget()) return 'more';
      const target = { mailboxId: mailbox.exchangeId, folderId };
      const found = await mapLimited(items, 4, ({ id }) => getItem(graph, target, id, { signal }));
      const known = await journal.known(items.map(({ id }) => id));
      const outcomes: ItemOutcome[] = [];
      const wanted: MailboxItem[] = [];
      const notHere: string[] = [];
      for (const [index, { id }] of items.entries()) {
        const item = found[index];
        if (item) wanted.push(item);
        else if (known.get(id)?.folderId === folderId) notHere.push(id);
        else outcomes.push({ ...line(id, folderId, 'skipped'), cause: 'gone-in-flight' });
      }
      const removed = await this.#notMoved(folderId, notHere);
      const end = { outcomes, removed, cursor: undefined, roundComplete: false };
      if ((await this.#capture(folderId, wanted, end)) === 'more') return 'more';
    }
    return 'done';
  }

  /**
   * A folder that is not in the tree any more. Items that moved elsewhere were taken over by the
   * rounds of the other folders; what is still open here went with it.
   */
  async #goneFolder(folder: SourceFolder): Promise<void> {
    const exists = await this.#folderExists(folder.id).catch((err) => {
      // An odd answer about one folder says nothing about it, and stops nothing: it is asked for again.
      formFailure(err);
      return true;
    });
    if (exists) return;
    const { journal } = this.#input;
    let batch: string[] = [];
    const flush = async () => {
      if (batch.length > 0) {
        await this.#capture(folder.id, [], {
          outcomes: [],
          removed: batch,
          cursor: undefined,
          roundComplete: false,
        });
      }
      batch = [];
    };
    const open: string[] = [];
    for await (const id of journal.openIds(folder.id)) open.push(id);
    for (const id of await this.#notMoved(folder.id, open)) {
      batch.push(id);
      if (batch.length === removedPerPage) await flush();
    }
    await flush();
    await this.#commitPending();
    await journal.closeFolder(folder.id);
  }

  /** Items that tell whether Microsoft gives out anything: stored ones, then what other folders list first. */
  async *#elsewhere(): AsyncGenerator<PlacedItem> {
    const { graph, mailbox, journal, signal } = this.#input;
    const folders = spread(await journal.folders(), elsewhereFoldersMax);
    for (const { id: folderId } of folders) {
      const open: string[] = [];
      for await (const id of journal.openIds(folderId)) if (open.push(id) === 100) break;
      const target = { mailboxId: mailbox.exchangeId, folderId };
      for (const id of spread(open)) {
        const item = await getItem(graph, target, id, { signal }).catch(notForThis);
        if (item) yield { folderId, item };
      }
    }
    for (const { id: folderId } of folders) {
      const page = await this.#readPage(folderId, null, pageItemsMin).catch(notForThis);
      for (const item of spread(page?.value ?? [], 2))
        if (!item['@removed']) yield { folderId, item };
    }
  }

  async #folderExists(folderId: string): Promise<boolean> {
    const { graph, mailbox, signal } = this.#input;
    return (await getFolder(graph, mailbox.exchangeId, folderId, signal)) !== null;
  }

  async #hasOpenItems(folderId: string): Promise<boolean> {
    for await (const _ of this.#input.journal.openIds(folderId)) return true;
    return false;
  }

  /** A slice commits at least one page, however small its budget: else a run might never end. */
  #overBudget(): boolean {
    const { clock, makesWay } = this.#input;
    return this.#pages > 0 && (clock.monotonicMs() >= this.#endsAtMs || makesWay?.() === true);
  }
}

interface Cursor {
  link: string | null;
  /**
   * `changes`: since the last round. `first`: everything, and nothing was known before. `resync`:
   * everything, and what is not named is gone at the end.
   */
  round: 'changes' | 'first' | 'resync';
}

function parseCursor(text: string | null): Cursor {
  if (text === null) return { link: null, round: 'first' };
  const match = /^(first|resync)\|(.+)$/s.exec(text);
  if (match) return { link: match[2]!, round: match[1] as 'first' | 'resync' };
  return { link: text, round: 'changes' };
}

function formatCursor({ link, round }: Cursor): string {
  return round === 'changes' ? link! : `${round}|${link}`;
}

function line(id: string, folderId: string, outcome: ItemOutcome['outcome']): ItemOutcome {
  return { id, folderId, outcome, cause: null, detail: null };
}

/** Without a change key nothing is known to be the same. */
function sameChange(known: string | undefined, now: string | undefined): boolean {
  return known !== undefined && known !== '' && known === now;
}

/** What concerns one item or folder alone only means that it tells nothing. */
function notForThis(err: unknown): null {
  formFailure(err);
  return null;
}

function isSlowPage(err: GraphError): boolean {
  return err.status === 200 || err.status >= 500 || err.status === 0;
}

/** At least one portion, which may be empty: it carries the cursor. */
function portionsOf(items: readonly MailboxItem[]): MailboxItem[][] {
  const portions: MailboxItem[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = item.size ?? 0;
    if (bytes > 0 && bytes + size > commitBytesMax) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)!.push(item);
    bytes += size;
  }
  return portions;
}
