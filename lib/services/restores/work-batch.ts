import { mapLimited } from '#lib/core/concurrency.ts';
import type { PlannedItem } from '#lib/exchange/plan.ts';
import { ensureFolders, type ReplayTarget, replayItem, verifyItem } from '#lib/exchange/replay.ts';
import { ImportSession } from '#lib/graph/import-session.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { withScope } from '../transaction.ts';
import { createReplayJournal, entryOf } from './replay-journal.ts';
import { isAtWork } from './rules.ts';
import { listBatch, type RestoreItemRow, type RestoreKey, updateRestore } from './store.ts';
import { atTarget, type OpenTarget } from './target.ts';

export interface BatchInput {
  tenantId: string;
  restoreId: string;
  batch: number;
}

/** Writes at a time into one mailbox: what Exchange allows one application. */
const lanes = 4;

/** Writes the items of one batch that are not written yet. Safe to repeat at any point. */
export async function restoreBatch(
  ctx: ServiceContext,
  input: BatchInput,
  engines: Engines,
  signal: AbortSignal,
): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, restoreId: input.restoreId };
  await atTarget(ctx, key, { engines, signal, keep: true }, async (open) => {
    if (!isAtWork(open.restore.state)) return;
    const rows = await withScope(ctx.db, key, (tx) => listBatch(tx, key, input.batch));
    const target = await replayTarget(ctx, key, open, engines);
    const folderIds = await targetFolders(ctx, key, open, target);
    // Items with the same content go one after the other: while the reply of one is lost, nobody
    // may mistake it for the other.
    const groups = [...Map.groupBy(rows, (row) => row.contentId).values()];
    await mapLimited(groups, lanes, async (group) => {
      for (const row of group) {
        await replayItem(target, plannedOf(row), folderIds.get(row.folderKey) ?? '');
      }
    });
  });
}

/** Folder ids at Microsoft by plan key; made by the first batch and written down for the others. */
async function targetFolders(
  ctx: ServiceContext,
  key: RestoreKey,
  { restore, lease }: OpenTarget,
  target: ReplayTarget,
): Promise<Map<string, string>> {
  const planned = restore.targetFolders ?? [];
  const { write, mailbox, signal } = target;
  const ids = await ensureFolders(write, mailbox.exchangeId, planned, signal);
  if (planned.some((folder) => folder.existingId === null)) {
    await withScope(ctx.db, key, async (tx) => {
      await lease.fence(tx);
      await updateRestore(tx, key, {
        targetFolders: planned.map((folder) => {
          return { ...folder, existingId: ids.get(folder.planKey) ?? null };
        }),
      });
    });
  }
  return ids;
}

/** Reads back what one batch wrote, and with `replace` removes what was replaced. */
export async function verifyBatch(
  ctx: ServiceContext,
  input: BatchInput,
  engines: Engines,
  signal: AbortSignal,
): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, restoreId: input.restoreId };
  await atTarget(ctx, key, { engines, signal, keep: true }, async (open) => {
    if (!isAtWork(open.restore.state)) return;
    const rows = await withScope(ctx.db, key, async (tx) => {
      await updateRestore(tx, key, { state: 'verifying' });
      return await listBatch(tx, key, input.batch);
    });
    const target = await replayTarget(ctx, key, open, engines);
    const written = rows.filter((row) => row.state === 'written');
    await mapLimited(written, lanes, async (row) => {
      const entry = entryOf(row);
      if (entry.state === 'written') await verifyItem(target, plannedOf(row), entry);
    });
  });
}

async function replayTarget(
  ctx: ServiceContext,
  key: RestoreKey,
  { mailbox, entraTid, lease }: OpenTarget,
  engines: Engines,
): Promise<ReplayTarget> {
  const write = engines.graph('restore', entraTid, lease.signal);
  const exchangeId = mailbox.exchangeId ?? '';
  return {
    restoreId: key.restoreId,
    read: engines.graph('backup', entraTid, lease.signal),
    write,
    mailbox: { userId: mailbox.entraUserId, exchangeId },
    session: new ImportSession(write, exchangeId, ctx.clock),
    source: (await engines.vault(key.tenantId)).reader(),
    journal: createReplayJournal(ctx, key, lease),
    clock: ctx.clock,
    signal: lease.signal,
  };
}

function plannedOf(row: RestoreItemRow): PlannedItem {
  return {
    itemId: row.itemId,
    key: row.sourceId,
    ref: row.ref,
    contentId: row.contentId,
    kind: row.kind,
    itemClass: row.itemClass,
    internetMessageId: row.internetMessageId,
    folderKey: row.folderKey,
    targetFolderPath: row.targetPath,
    action: row.action,
    cause: row.action === 'cannot' ? (row.cause as PlannedItem['cause']) : null,
    existingId: row.existingId,
    presentIds: row.presentIds,
    bytes: row.bytes,
    route: row.route,
  };
}
