import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { readFolderTree } from '#lib/exchange/folder-tree.ts';
import { inspectTarget } from '#lib/exchange/inspect.ts';
import type { SourceFolder } from '#lib/exchange/journal.ts';
import {
  type PlanInput,
  planReplay,
  type ReplayDestination,
  type ReplayPlan,
} from '#lib/exchange/plan.ts';
import { restoreBatchSize } from '#lib/jobs/contract.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { listFolderNames, listFoldersEver } from '../folders/store.ts';
import { withScope } from '../transaction.ts';
import { foldersBelow } from './folder-paths.ts';
import type { RestoreRow } from './store.ts';
import {
  type Candidate,
  knownContent,
  listCandidates,
  loadRestore,
  lockRestore,
  type RestoreKey,
  saveLines,
  updateRestore,
} from './store.ts';
import { atTarget, type OpenTarget } from './target.ts';

/**
 * Looks at the snapshot and at the target, and writes the plan down line by line. Nothing is
 * written at Microsoft. Safe to repeat: a plan that is there already stays as it was shown.
 */
export async function buildRestorePlan(
  ctx: ServiceContext,
  input: { tenantId: string; restoreId: string },
  engines: Engines,
  signal: AbortSignal,
): Promise<void> {
  requirePermission(ctx, 'restores.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, restoreId: input.restoreId };
  const { state } = await withScope(ctx.db, key, (tx) => loadRestore(tx, key));
  if (state !== 'planning') return;
  await atTarget(ctx, key, { engines, signal, keep: false }, async (target) => {
    const { restore } = target;
    const snapshot = await readSnapshot(ctx, key, restore);
    const plan = await planTwice(ctx, key, target, snapshot, engines);
    await savePlan(ctx, key, plan, snapshot.candidates);
  });
}

interface Snapshot {
  candidates: Candidate[];
  folders: SourceFolder[];
  /** Folders that are made even where nothing goes into them. */
  wanted: string[];
}

function readSnapshot(
  ctx: ServiceContext,
  key: RestoreKey,
  { mailboxId, sequence, selection }: RestoreRow,
): Promise<Snapshot> {
  const at = { mspId: key.mspId, tenantId: key.tenantId, mailboxId, sequence };
  return withScope(ctx.db, key, async (tx) => {
    const folders =
      selection.kind === 'items' ? await listFoldersEver(tx, at) : await listFolderNames(tx, at);
    const wanted =
      selection.kind === 'folder'
        ? foldersBelow(folders, selection.folderId)
        : selection.kind === 'mailbox'
          ? folders.map((folder) => folder.id)
          : [];
    const candidates = await listCandidates(tx, at, selection, wanted);
    if (candidates.length === 0 && wanted.length === 0) {
      throw new AppError(
        'not-found',
        'Nothing of this selection is in that copy of the mailbox. Choose again, or choose another copy.',
      );
    }
    return { candidates, folders, wanted };
  });
}

function destinationOf({ destination }: RestoreRow): ReplayDestination {
  if (destination.kind === 'mailbox') return { kind: 'folder', name: destination.folderName };
  return destination;
}

/** Plans twice: the first time to learn which folders matter, the second with what is in them. */
async function planTwice(
  ctx: ServiceContext,
  key: RestoreKey,
  { restore, mailbox, entraTid, lease }: OpenTarget,
  snapshot: Snapshot,
  engines: Engines,
): Promise<ReplayPlan> {
  const graph = engines.graph('backup', entraTid, lease.signal);
  const place = { userId: mailbox.entraUserId, exchangeId: mailbox.exchangeId ?? '' };
  const targetFolders = await readFolderTree(graph, place.exchangeId, [], lease.signal);
  const input: PlanInput = {
    candidates: snapshot.candidates,
    alsoFolders: snapshot.wanted,
    snapshotFolders: snapshot.folders,
    targetFolders,
    sameMailbox: restore.targetMailboxId === restore.mailboxId,
    destination: destinationOf(restore),
    collisions: restore.collisions,
    presence: { byContent: new Map(), byKey: new Map() },
    streamsAllowed: true,
  };
  const used = new Set(planReplay(input).items.map((item) => item.folderKey));
  const presence = await inspectTarget({
    graph,
    mailbox: place,
    folderIds: planReplay(input)
      .folders.filter((folder) => used.has(folder.planKey))
      .map((folder) => folder.existingId)
      .filter((id) => id !== null),
    candidates: snapshot.candidates,
    known: (ids) =>
      withScope(ctx.db, key, (tx) =>
        knownContent(
          tx,
          { mspId: key.mspId, tenantId: key.tenantId, mailboxId: restore.targetMailboxId },
          ids,
        ),
      ),
    signal: lease.signal,
  });
  return planReplay({ ...input, presence });
}

async function savePlan(
  ctx: ServiceContext,
  key: RestoreKey,
  plan: ReplayPlan,
  candidates: readonly Candidate[],
): Promise<void> {
  const subjects = new Map(candidates.map((item) => [item.itemId, item.subject]));
  const lines = plan.items.map((item, index) => ({
    mspId: key.mspId,
    tenantId: key.tenantId,
    id: newId(),
    restoreId: key.restoreId,
    batch: Math.floor(index / restoreBatchSize),
    position: index + 1,
    itemId: item.itemId,
    sourceId: item.key,
    ref: item.ref,
    contentId: item.contentId,
    kind: item.kind,
    itemClass: item.itemClass,
    subject: subjects.get(item.itemId) ?? '',
    bytes: item.bytes,
    targetPath: item.targetFolderPath,
    folderKey: item.folderKey,
    internetMessageId: item.internetMessageId,
    presentIds: item.presentIds,
    action: item.action,
    route: item.route,
    existingId: item.existingId,
    cause: item.cause,
  }));
  await withScope(ctx.db, key, async (tx) => {
    const restore = await lockRestore(tx, key);
    if (restore.state !== 'planning') return;
    await saveLines(tx, key, lines);
    await updateRestore(tx, key, {
      state: 'planned',
      plannedAt: ctx.clock.now(),
      plan: { ...plan.totals, folders: plan.byFolder },
      targetFolders: plan.folders.map(({ planKey, parentKey, name, type, existingId }) => {
        return { planKey, parentKey, name, type, existingId };
      }),
    });
  });
}
