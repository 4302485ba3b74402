import type { Transaction } from '#db/client.ts';
import { isId, newId } from '#lib/core/ids.ts';
import type { ItemRow, SnapshotInfo, VaultReader, VaultWriter } from '#lib/vault/vault.ts';
import type { ServiceContext } from '../context.ts';
import type { HeldLease } from '../leases/hold.ts';
import { noteIndexed } from '../search/indexed.ts';
import { withScope } from '../transaction.ts';
import {
  addSnapshotRow,
  goneKeysAfter,
  latestSnapshotRow,
  type MailboxKey,
  openFolders,
  openItemsAfter,
  pendingChanges,
  updateMailbox,
} from './catalogue.ts';
import { updateRunMailbox } from './store.ts';

/** What the vault itself keeps about a snapshot, so that it can be read without any database. */
export interface SnapshotNote {
  runId: string;
  displayName: string;
  address: string;
  kind: string;
  entraUserId: string;
  entraTid: string;
}

export interface SnapshotWork {
  key: MailboxKey;
  lease: HeldLease;
  /** Sequence of the snapshot in the making. */
  seq: number;
  runId: string;
}

const rowsAtOnce = 2_000;

/**
 * A snapshot that the vault has and the catalogue does not know: its writer died between the two.
 * Where nobody held the mailbox since, nothing was written to the catalogue either; so the rows in
 * the making are exactly what that snapshot shows, and it is taken over as it is. One that a sleeper
 * put there after another session had begun is not: the next commit then writes everything out.
 * @returns true when a snapshot was taken over and the sequence moved on
 */
export async function adoptSnapshot(
  ctx: ServiceContext,
  work: SnapshotWork,
  reader: VaultReader,
): Promise<boolean> {
  const newest = await reader.newestSnapshot(work.key.mailboxId);
  if (newest === null) return false;
  const known = await withScope(ctx.db, work.key, (tx) => latestSnapshotRow(tx, work.key));
  if (newest.id === known?.vaultSnapshotId) return false;
  const { note } = await reader.snapshot(newest.id);
  const isNext =
    note.sequence === String(work.seq) &&
    note.epoch === String(work.lease.epoch - 1) &&
    newest.previous === (known?.vaultSnapshotId ?? null);
  if (!isNext) return false;
  await saveSnapshot(ctx, work, newest, isId(note.runId ?? '') ? note.runId! : work.runId);
  ctx.deps.log.info('a snapshot whose writer died was taken over', {
    mailboxId: work.key.mailboxId,
    sequence: work.seq,
  });
  return true;
}

/**
 * Writes the snapshot of everything in the making: the object in the vault first, then the row that
 * makes it visible.
 * @returns undefined when nothing changed since the last one, which then still stands
 */
export async function commitSnapshot(
  ctx: ServiceContext,
  work: SnapshotWork,
  vault: { writer: VaultWriter; reader: VaultReader },
  note: SnapshotNote,
): Promise<SnapshotInfo | undefined> {
  const { key, seq } = work;
  const read = <T>(act: (tx: Transaction) => Promise<T>) => withScope(ctx.db, key, act);
  const before = await read(async (tx) => ({
    last: await latestSnapshotRow(tx, key),
    changes: await pendingChanges(tx, key, seq),
    folders: await openFolders(tx, key),
  }));
  const { last, changes } = before;
  const unchanged = changes.added + changes.removed + changes.folders === 0;
  if (last !== undefined && unchanged) return undefined;

  const newest = await vault.reader.newestSnapshot(key.mailboxId);
  // Where vault and catalogue disagree the catalogue is written out whole.
  const base =
    last !== undefined && newest?.id === last.vaultSnapshotId ? last.vaultSnapshotId : null;
  const info = await vault.writer.commitSnapshot({
    mailboxId: key.mailboxId,
    base,
    takenAt: ctx.clock.now(),
    note: { ...note, sequence: String(seq), epoch: String(work.lease.epoch) },
    folders: before.folders,
    put: putRows(read, key, base === null ? null : seq),
    remove: base === null ? [] : removedKeys(read, key, seq),
  });
  await saveSnapshot(ctx, work, info, work.runId);
  return info;
}

/** The row, the next sequence and the mailbox's figures: all of it, or nothing, and only by the holder. */
async function saveSnapshot(
  ctx: ServiceContext,
  { key, lease, seq, runId }: SnapshotWork,
  info: SnapshotInfo,
  takenBy: string,
): Promise<void> {
  await withScope(ctx.db, key, async (tx) => {
    await lease.fence(tx);
    const changes = await pendingChanges(tx, key, seq);
    const id = newId();
    await addSnapshotRow(tx, {
      ...key,
      id,
      runId: takenBy,
      sequence: seq,
      vaultSnapshotId: info.id,
      root: info.root,
      previous: info.previous,
      takenAt: info.takenAt,
      items: info.items,
      added: changes.added,
      removed: changes.removed,
      bytes: info.bytes,
      pagesWritten: info.pagesWritten,
    });
    await updateMailbox(tx, key, { nextSeq: seq + 1, items: info.items, bytes: info.bytes });
    await noteIndexed(tx, key);
    await updateRunMailbox(tx, { ...key, runId }, { snapshotId: id });
  });
}

type Read = <T>(act: (tx: Transaction) => Promise<T>) => Promise<T>;

async function* putRows(read: Read, key: MailboxKey, from: number | null): AsyncGenerator<ItemRow> {
  for (let after = ''; ; ) {
    const page = await read((tx) => openItemsAfter(tx, key, { after, limit: rowsAtOnce, from }));
    for (const row of page) {
      yield {
        key: row.sourceId,
        folderId: row.folderId,
        kind: row.kind,
        itemClass: row.itemClass,
        ref: row.ref,
        contentId: row.contentId,
        changeKey: row.changeKey,
        subject: row.subject,
        sender: row.sender,
        at: row.at?.toISOString() ?? null,
        bytes: row.bytes,
        categories: row.categories,
      };
    }
    if (page.length < rowsAtOnce) return;
    after = page.at(-1)!.sourceId;
  }
}

async function* removedKeys(read: Read, key: MailboxKey, seq: number): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const page = await read((tx) => goneKeysAfter(tx, key, { seq, after, limit: rowsAtOnce }));
    yield* page;
    if (page.length < rowsAtOnce) return;
    after = page.at(-1)!;
  }
}
