import assert from 'node:assert/strict';
import type {
  CapturedItem,
  CapturedPage,
  CaptureJournal,
  ItemOutcome,
  KnownItem,
  RetryItem,
  SourceFolder,
} from '#lib/exchange/journal.ts';
import { emptyTally, type OutcomeTally } from '#lib/exchange/outcome.ts';
import type {
  EndedItem,
  ReplayEntry,
  ReplayJournal,
  VerifyResult,
  WrittenItem,
} from '#lib/exchange/replay.ts';
import type { MemoryVault } from './memory-vault.ts';

/** The catalogue of one mailbox in memory, with the checks that every journal may rely on. */
export class MemoryCaptureJournal implements CaptureJournal {
  readonly items = new Map<string, CapturedItem>();
  readonly folderRows = new Map<string, SourceFolder>();
  readonly cursors = new Map<string, string>();
  readonly retries = new Map<string, RetryItem & { triedInRun: boolean }>();
  readonly pages: CapturedPage[] = [];
  readonly #vault: MemoryVault | null;
  #finished = new Set<string>();

  constructor(vault: MemoryVault | null = null) {
    this.#vault = vault;
  }

  /** Starts the next run; counts begin anew. */
  startRun(): void {
    this.pages.length = 0;
    this.#finished = new Set();
    for (const retry of this.retries.values()) retry.triedInRun = false;
  }

  tally(): OutcomeTally {
    const tally = emptyTally();
    for (const { outcomes } of this.pages) for (const { outcome } of outcomes) tally[outcome]++;
    return tally;
  }

  outcomes(): ItemOutcome[] {
    return this.pages.flatMap(({ outcomes }) => outcomes);
  }

  async folders(): Promise<SourceFolder[]> {
    return [...this.folderRows.values()];
  }

  async commitFolders(present: readonly SourceFolder[]): Promise<void> {
    for (const folder of present) this.folderRows.set(folder.id, folder);
  }

  async closeFolder(folderId: string): Promise<void> {
    for (const item of this.items.values())
      assert.notEqual(item.folderId, folderId, 'a folder with open items was closed');
    this.folderRows.delete(folderId);
    this.cursors.delete(folderId);
  }

  async cursor(folderId: string): Promise<string | null> {
    return this.cursors.get(folderId) ?? null;
  }

  async finishedFolders(): Promise<ReadonlySet<string>> {
    return new Set(this.#finished);
  }

  async known(ids: readonly string[]): Promise<Map<string, KnownItem>> {
    const found = new Map<string, KnownItem>();
    for (const id of ids) {
      const item = this.items.get(id);
      if (item) found.set(id, item);
    }
    return found;
  }

  async *openIds(folderId: string): AsyncIterable<string> {
    for (const item of this.items.values()) if (item.folderId === folderId) yield item.id;
  }

  async retryList(): Promise<RetryItem[]> {
    return [...this.retries.values()].filter(({ triedInRun }) => !triedInRun);
  }

  async commitPage(page: CapturedPage): Promise<void> {
    assert.equal(page.enumerated, page.outcomes.length, 'a page does not balance');
    assert.equal(
      new Set(page.outcomes.map(({ id }) => id)).size,
      page.outcomes.length,
      'an id has two outcomes',
    );
    for (const item of page.items) {
      assert.ok(
        !this.#vault?.unflushed.has(item.ref),
        'an item was committed before it was durable',
      );
      this.items.set(item.id, item);
      this.retries.delete(item.id);
    }
    for (const id of page.removed) {
      if (this.items.get(id)?.folderId === page.folderId) this.items.delete(id);
      this.retries.delete(id);
    }
    for (const { id, outcome } of page.outcomes) {
      if (outcome === 'skipped') this.retries.delete(id);
      if (outcome === 'failed') this.#retry(id, page.folderId);
    }
    for (const id of page.again) this.#retry(id, page.folderId);
    if (page.cursor === null) this.cursors.delete(page.folderId);
    else if (page.cursor !== undefined) this.cursors.set(page.folderId, page.cursor);
    if (page.roundComplete) this.#finished.add(page.folderId);
    this.pages.push(page);
  }

  #retry(id: string, folderId: string): void {
    const attempts = (this.retries.get(id)?.attempts ?? 0) + 1;
    this.retries.set(id, { id, folderId, attempts, triedInRun: true });
  }
}

/** The journal of one restore in memory. */
export class MemoryReplayJournal implements ReplayJournal {
  readonly lines = new Map<string, ReplayEntry>();
  readonly writtenItems = new Map<string, WrittenItem>();
  readonly ends = new Map<string, EndedItem>();
  readonly checks = new Map<string, VerifyResult>();

  async entry(itemId: string): Promise<ReplayEntry> {
    return this.lines.get(itemId) ?? { state: 'planned' };
  }

  async intend(itemId: string, intent: { folderId: string; at: Date }): Promise<void> {
    const before = this.lines.get(itemId);
    const attempts = before?.state === 'intent' ? before.attempts + 1 : 1;
    this.lines.set(itemId, { state: 'intent', ...intent, attempts });
  }

  async written(itemId: string, result: WrittenItem): Promise<void> {
    this.lines.set(itemId, { state: 'written', ...result });
    this.writtenItems.set(itemId, result);
  }

  async ended(itemId: string, result: EndedItem): Promise<void> {
    this.lines.set(itemId, { state: 'ended', outcome: result.outcome });
    this.ends.set(itemId, result);
  }

  async verified(itemId: string, result: VerifyResult): Promise<void> {
    this.checks.set(itemId, result);
  }

  async claimed(createdIds: readonly string[]): Promise<ReadonlySet<string>> {
    const taken = new Set([...this.writtenItems.values()].map(({ createdId }) => createdId));
    return new Set(createdIds.filter((id) => taken.has(id)));
  }
}
