import type { Transaction } from '#db/client.ts';
import { newId } from '#lib/core/ids.ts';
import type {
  CapturedItem,
  CapturedPage,
  CaptureJournal,
  ItemOutcome,
} from '#lib/exchange/journal.ts';
import { emptyTally } from '#lib/exchange/outcome.ts';
import type { ServiceContext } from '../context.ts';
import type { HeldLease } from '../leases/hold.ts';
import { type DocumentInput, saveDocuments } from '../search/documents.ts';
import { withScope } from '../transaction.ts';
import {
  dropCursor,
  dropRetries,
  dueRetries,
  endFolder,
  findCursor,
  findOpenItems,
  foldersFinishedSince,
  type MailboxKey,
  openFolders,
  openIdsAfter,
  removeItems,
  saveCursor,
  saveFolders,
  saveItems,
  saveRetries,
} from './catalogue.ts';
import { addCounters, noteItems } from './store.ts';

export interface JournalOptions {
  key: MailboxKey;
  runId: string;
  lease: HeldLease;
  /** Sequence of the snapshot in the making. */
  seq: number;
  /** When this run first looked at the mailbox: what was finished since belongs to the run. */
  startedAt: Date;
}

const retriesMax = 2_000;
const idsAtOnce = 5_000;

/**
 * The capture's memory in Postgres. Every write is one transaction that begins with the fence: a
 * session that was overtaken can write nothing at all.
 */
export function createCaptureJournal(
  ctx: ServiceContext,
  { key, runId, lease, seq, startedAt }: JournalOptions,
): CaptureJournal {
  const read = <T>(act: (tx: Transaction) => Promise<T>) => withScope(ctx.db, key, act);
  const write = <T>(act: (tx: Transaction) => Promise<T>) =>
    withScope(ctx.db, key, async (tx) => {
      await lease.fence(tx);
      return await act(tx);
    });
  const run = { ...key, runId };

  return {
    folders: () => read((tx) => openFolders(tx, key)),
    commitFolders: (present) => write((tx) => saveFolders(tx, key, seq, present)),
    closeFolder: (folderId) =>
      write(async (tx) => {
        await endFolder(tx, key, seq, folderId);
        await dropCursor(tx, key, folderId);
      }),
    cursor: (folderId) => read((tx) => findCursor(tx, key, folderId)),
    finishedFolders: () => read((tx) => foldersFinishedSince(tx, key, startedAt)),
    known: (ids) => read((tx) => findOpenItems(tx, key, ids)),
    async *openIds(folderId) {
      for (let after = ''; ; ) {
        const page = await read((tx) => openIdsAfter(tx, key, folderId, after, idsAtOnce));
        yield* page;
        if (page.length < idsAtOnce) return;
        after = page.at(-1)!;
      }
    },
    retryList: () => read((tx) => dueRetries(tx, key, startedAt, retriesMax)),
    commitPage: (page) =>
      write(async (tx) => {
        const at = ctx.clock.now();
        await saveItems(tx, key, seq, page.items);
        await saveDocuments(tx, key, page.items.map(documentOf));
        await removeItems(tx, key, seq, page.removed, page.folderId);
        await saveOutcomes(tx, page, at);
        if (page.cursor !== undefined) {
          const { folderId, cursor, roundComplete } = page;
          await saveCursor(tx, key, { folderId, cursor, roundComplete, at });
        }
        await addCounters(tx, run, countersOf(page));
      }),
  };

  async function saveOutcomes(tx: Transaction, page: CapturedPage, at: Date): Promise<void> {
    const failed = page.outcomes.filter((line) => line.outcome === 'failed');
    const skipped = page.outcomes.filter((line) => line.outcome === 'skipped');
    const settled = [...page.items, ...skipped].map((line) => line.id).concat(page.removed);
    const again = new Set(page.again);
    const partial = page.items
      .filter((item) => again.has(item.id))
      .map(({ id, folderId }): ItemOutcome => {
        return { id, folderId, outcome: 'failed', cause: 'source-error', detail: null };
      });
    await dropRetries(tx, key, settled);
    await saveRetries(tx, key, [...failed, ...partial], at);
    await noteItems(
      tx,
      [...failed, ...skipped].map((line) => ({
        mspId: key.mspId,
        tenantId: key.tenantId,
        id: newId(),
        runId,
        mailboxId: key.mailboxId,
        sourceId: line.id,
        folderId: line.folderId,
        outcome: line.outcome,
        cause: line.cause ?? 'source-error',
        detail: line.detail,
        at,
      })),
    );
  }
}

function documentOf(item: CapturedItem): DocumentInput {
  const { contentId, kind, at, text, subject, sender, recipients } = item;
  const people = `${sender} ${recipients}`;
  return { contentId, kind, at, text, known: { subject, people } };
}

function countersOf(page: CapturedPage) {
  const tally = emptyTally();
  for (const { outcome } of page.outcomes) tally[outcome]++;
  const { enumerated, requests, bytesRead: bytes } = page;
  return { enumerated, ...tally, bytes, requests };
}
