import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addMs } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { type ExportItem, exportArchive } from '#lib/exchange/export.ts';
import { exportLifeMs } from '#lib/jobs/contract.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { listFolderNames, listFoldersEver } from '../folders/store.ts';
import { loadMailbox } from '../mailboxes/store.ts';
import { foldersBelow, pathsOf } from '../restores/folder-paths.ts';
import { listCandidates } from '../restores/store.ts';
import { withScope } from '../transaction.ts';
import { archiveName, partialName, removeArchive } from './archive-file.ts';
import { isExportOpen } from './rules.ts';
import {
  type ExportKey,
  type ExportRow,
  loadExport,
  updateExport,
  updateOpenExport,
} from './store.ts';

/** Progress is for people: more often than they look is a waste. */
const progressEveryMs = 500;
/** Some two minutes, which a person may wait; a full disk does not mend by itself. */
const attemptsMax = 8;
/** The page names so many items that failed; the manifest names all. */
const failuresKept = 200;

/**
 * Writes the archive of an export. A second attempt starts over: the file gets its name only once
 * it is whole and on disk.
 */
export async function runExport(
  ctx: ServiceContext,
  input: { tenantId: string; exportId: string },
  engines: Pick<Engines, 'vault'>,
  options: { folder: string; signal: AbortSignal; attempt?: number },
): Promise<void> {
  requirePermission(ctx, 'exports.run');
  const key: ExportKey = { mspId: ctx.mspId, tenantId: input.tenantId, exportId: input.exportId };
  const row = await withScope(ctx.db, key, (tx) => loadExport(tx, key));
  if (!isExportOpen(row.state)) {
    // A worker that was killed meanwhile may have left what it had.
    if (row.state !== 'done' && row.state !== 'expired')
      await removeArchive(options.folder, row.id);
    return;
  }
  try {
    await writeArchive(ctx, key, row, engines, options);
  } catch (err) {
    if (options.signal.aborted) throw err;
    const mayMend = !isAppError(err) || err.retryable;
    if (mayMend && (options.attempt ?? 1) < attemptsMax) throw err;
    const { exportId } = key;
    if (!isAppError(err)) ctx.deps.log.error('an export was given up', err, { exportId });
    const ended = await withScope(ctx.db, key, (tx) =>
      updateOpenExport(tx, key, {
        state: 'failed',
        refusal: isAppError(err)
          ? err.message
          : 'It failed in an unexpected way each time; the log of the worker says more.',
        endedAt: ctx.clock.now(),
      }),
    );
    if (ended) await removeArchive(options.folder, exportId);
  }
}

async function writeArchive(
  ctx: ServiceContext,
  key: ExportKey,
  row: ExportRow,
  engines: Pick<Engines, 'vault'>,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<void> {
  const { items, about } = await readSelection(ctx, key, row);
  if (items.length === 0) {
    throw new AppError('input.invalid', 'The selection holds no items in this copy.');
  }
  const begun = await withScope(ctx.db, key, (tx) =>
    updateOpenExport(tx, key, { state: 'running', total: items.length, items: 0 }),
  );
  if (!begun) return;
  const vault = await engines.vault(key.tenantId);
  const progress = createProgress(ctx, key);
  const archive = exportArchive({
    items,
    source: vault.reader(),
    createdAt: ctx.clock.now(),
    about,
    signal,
    onProgress: progress.note,
  });
  await mkdir(folder, { recursive: true });
  const name = archiveName(key.exportId);
  const partial = join(folder, partialName(key.exportId));
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(archive.zip, measure, createWriteStream(partial, { mode: 0o600 }), {
      signal,
    });
    const result = await archive.done;
    await progress.settled();
    await syncFile(partial);
    await rename(partial, join(folder, name));
    await syncFile(folder);
    const kept = await withScope(ctx.db, key, async (tx) => {
      const now = ctx.clock.now();
      const open = await updateOpenExport(tx, key, {
        state: 'done',
        file: name,
        sha256: hash.digest('hex'),
        bytes,
        items: result.files,
        failed: result.failed.length,
        failures: result.failed.slice(0, failuresKept),
        endedAt: now,
        expiresAt: addMs(now, exportLifeMs),
      });
      if (!open) return false;
      await audit(ctx, tx, {
        tenantId: key.tenantId,
        action: 'export.finish',
        entity: 'export',
        entityId: key.exportId,
        facts: { items: result.files, failed: result.failed.length, bytes },
      });
      return true;
    });
    // Cancelled in the meantime: nobody may download it, so nobody keeps it.
    if (!kept) await removeArchive(folder, key.exportId);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Writes now and then how many files there are; the end of the export has the true number. */
function createProgress(ctx: ServiceContext, key: ExportKey) {
  let saving: Promise<void> = Promise.resolve();
  let nextAt = 0;
  return {
    note({ files }: { files: number }): void {
      const now = ctx.clock.monotonicMs();
      if (now < nextAt) return;
      nextAt = now + progressEveryMs;
      saving = saving
        .then(() => withScope(ctx.db, key, (tx) => updateExport(tx, key, { items: files })))
        .catch(() => {});
    },
    settled: () => saving,
  };
}

async function readSelection(
  ctx: ServiceContext,
  key: ExportKey,
  { mailboxId, sequence, selection }: ExportRow,
): Promise<{ items: ExportItem[]; about: Record<string, string> }> {
  const at = { mspId: key.mspId, tenantId: key.tenantId, mailboxId, sequence };
  return await withScope(ctx.db, key, async (tx) => {
    const mailbox = await loadMailbox(tx, key.mspId, key.tenantId, mailboxId);
    const folders =
      selection.kind === 'items' ? await listFoldersEver(tx, at) : await listFolderNames(tx, at);
    const below = selection.kind === 'folder' ? foldersBelow(folders, selection.folderId) : [];
    const paths = pathsOf(folders);
    const items = await listCandidates(tx, at, selection, below);
    return {
      about: { mailbox: mailbox.address, snapshot: String(sequence) },
      items: items.map((item) => ({
        itemId: item.itemId,
        ref: item.ref,
        kind: item.kind,
        itemClass: item.itemClass,
        subject: item.subject,
        at: item.at,
        folderPath: paths.get(item.folderId) ?? [],
      })),
    };
  });
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
