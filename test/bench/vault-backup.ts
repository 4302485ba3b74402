/**
 * One backup of a folder of .eml into a vault, as a process of its own, so that `vault.ts` beside
 * it can measure it as it measures the others. Prints one JSON line.
 *
 *   node test/bench/vault-backup.ts backup|verify --mail DIR --vault DIR --key FILE
 */
import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '#lib/core/clock.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { keyFile } from '#lib/vault/keys.ts';
import type { FolderRow, ItemRow } from '#lib/vault/rows.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';

/** Mailboxes at a time, and items of each: enough to keep the vault's threads busy. */
const mailboxesAtATime = 8;
const itemsAtATime = 32;

interface MailFile {
  path: string;
  key: string;
  folderId: string;
  bytes: number;
  /** Size and modification time: what decides that a file is unchanged, as for restic and kopia. */
  changeKey: string;
  modified: Date;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mail: { type: 'string' },
    vault: { type: 'string' },
    key: { type: 'string' },
    workers: { type: 'string' },
  },
});
const vault = await Vault.openOrCreate({
  target: openTarget(pathToFileURL(options.vault!), 'bench'),
  keys: await keyFile(options.key!),
  tenantId: 'bench',
  clock: systemClock,
  ...(options.workers ? { workers: Number(options.workers) } : {}),
});
try {
  if (positionals[0] === 'verify') {
    const report = await vault.verify({ deep: true });
    console.log(JSON.stringify({ ...report, memoryBytes: await peakMemory() }));
  } else {
    console.log(JSON.stringify({ ...(await backup()), memoryBytes: await peakMemory() }));
  }
} finally {
  await vault[Symbol.asyncDispose]();
}

async function backup() {
  const mailboxes = await findMailboxes(options.mail!);
  const totals = { mailboxes: mailboxes.length, items: 0, bytes: 0, unchanged: 0 };
  await mapLimited(mailboxes, mailboxesAtATime, async (folder) => {
    const mailboxId = basename(folder);
    const { folders, files } = await list(folder);
    const previous = (await vault.reader().snapshots(mailboxId)).at(-1) ?? null;
    const known = await knownRows(previous?.id ?? null);
    const changed = files.filter((file) => known.get(file.key) !== file.changeKey);
    for (const file of files) known.delete(file.key);
    await using writer = await vault.writer({
      sessionId: mailboxId,
      epoch: 1,
      assertHeld: async () => {},
    });
    const put = await mapLimited(changed, itemsAtATime, async (file): Promise<ItemRow> => {
      const stored = await writer.putItem({
        readable: { format: 'mime', body: { file: file.path } },
      });
      return {
        key: file.key,
        folderId: file.folderId,
        kind: 'message',
        itemClass: 'IPM.Note',
        ref: stored.ref,
        contentId: stored.readable!.sha256,
        changeKey: file.changeKey,
        subject: basename(file.path),
        sender: '',
        at: file.modified.toISOString(),
        bytes: file.bytes,
        categories: [],
      };
    });
    await writer.commitSnapshot({
      mailboxId,
      base: previous?.id ?? null,
      takenAt: systemClock.now(),
      note: { name: mailboxId },
      folders,
      put,
      remove: known.keys(),
    });
    totals.items += files.length;
    totals.unchanged += files.length - changed.length;
    totals.bytes += files.reduce((sum, file) => sum + file.bytes, 0);
  });
  return totals;
}

/** Every folder within `root` is a mailbox; with files in `root` itself it is the only one. */
async function findMailboxes(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile())) return [root];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .sort();
}

async function list(mailbox: string): Promise<{ folders: FolderRow[]; files: MailFile[] }> {
  const entries = await readdir(mailbox, { withFileTypes: true, recursive: true });
  const idOf = (path: string) => relative(mailbox, path).split(sep).join('/') || '.';
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({
      id: idOf(join(entry.parentPath, entry.name)),
      parentId: idOf(entry.parentPath),
      name: entry.name,
      type: 'IPF.Note',
      wellKnown: null,
    }));
  const root = { id: '.', parentId: null, name: basename(mailbox), type: '', wellKnown: null };
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs, mtime } = statSync(path);
      return {
        path,
        key: idOf(path),
        folderId: idOf(entry.parentPath),
        bytes: size,
        changeKey: `${size}-${mtimeMs}`,
        modified: mtime,
      };
    });
  files.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { folders: [root, ...folders], files };
}

/** Key → size and time, from the latest snapshot: the vault knows what it holds. */
async function knownRows(snapshotId: string | null): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  if (snapshotId === null) return known;
  const snapshot = await vault.reader().snapshot(snapshotId);
  for await (const row of snapshot.items()) known.set(row.key, row.changeKey);
  return known;
}

async function peakMemory(): Promise<number | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const match = /VmHWM:\s+(\d+) kB/.exec(status);
  return match ? Number(match[1]) * 1024 : null;
}
