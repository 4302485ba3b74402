import { folderTypeOfKind, type ItemKind } from './item.ts';
import type { SourceFolder } from './journal.ts';
import type { ReplayCause } from './outcome.ts';

/** What to do when the target already holds an item. */
export const collisionModes = ['skip', 'copy', 'replace'] as const;
export type CollisionMode = (typeof collisionModes)[number];

/** An item of a snapshot that somebody wants back. */
export interface ReplayCandidate {
  /** Id of the catalogue row. */
  itemId: string;
  /** Immutable id in the source mailbox. */
  key: string;
  ref: string;
  contentId: string;
  kind: ItemKind;
  itemClass: string;
  /** Folder id as of the snapshot. */
  folderId: string;
  /** Size as Exchange reported it. */
  bytes: number;
  internetMessageId: string | null;
  /** null where that form is not in the vault. */
  streamBytes: number | null;
  readableBytes: number | null;
}

export type ReplayDestination =
  /** The folders where the items were, recreated where they are gone. */
  | { kind: 'original' }
  /** Below a folder of this name at the top of the target mailbox (the same one or another). */
  | { kind: 'folder'; name: string };

/** A folder that the restore writes into, and how to get it. Parents stand before children. */
export interface PlannedFolder {
  /** Names this folder within the plan; stable across retries. */
  planKey: string;
  parentKey: string | null;
  name: string;
  type: string;
  /** The folder in the target mailbox, where it is there already. */
  existingId: string | null;
}

export interface PlannedItem {
  itemId: string;
  key: string;
  ref: string;
  contentId: string;
  kind: ItemKind;
  itemClass: string;
  internetMessageId: string | null;
  /** `PlannedFolder.planKey` */
  folderKey: string;
  /** Names from the top, for people. */
  targetFolderPath: string[];
  action: 'write' | 'copy' | 'replace' | 'skip-present' | 'skip-changed' | 'cannot';
  /** Why not, with `cannot`. */
  cause: ReplayCause | null;
  /** With `replace`: what is removed after the write has been verified. */
  existingId: string | null;
  /** Items with the same content that were in the target folder when the plan was made. */
  presentIds: string[];
  bytes: number;
  route: 'stream' | 'json';
}

/** What is in the folders of the target now; found by `inspectTarget`. */
export interface TargetPresence {
  /** Target folder id → content id → ids of the items that have it. */
  byContent: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Source key → where the very same item is now, and with which content (null: not known). */
  byKey: ReadonlyMap<string, { folderId: string; contentId: string | null }>;
}

export interface PlanTotals {
  /** To be written: new, as a copy, or as a replacement. */
  write: number;
  /** The same content is there already. */
  present: number;
  /** The same item is there with other content. */
  changed: number;
  cannot: number;
  /** Bytes to be written. */
  bytes: number;
}

export interface ReplayPlan {
  folders: PlannedFolder[];
  items: PlannedItem[];
  totals: PlanTotals & { durationMinS: number; durationMaxS: number };
  byFolder: Array<PlanTotals & { path: string }>;
}

export interface PlanInput {
  candidates: Iterable<ReplayCandidate>;
  /** Source folders that are made even where nothing goes into them. */
  alsoFolders?: readonly string[];
  /** The folder tree of the snapshot. */
  snapshotFolders: readonly SourceFolder[];
  /** The folder tree of the target mailbox now. */
  targetFolders: readonly SourceFolder[];
  /** True where the target is the mailbox that the snapshot was taken of: only then do ids match. */
  sameMailbox: boolean;
  destination: ReplayDestination;
  collisions: CollisionMode;
  presence: TargetPresence;
  /** False where streams cannot be imported (national clouds, missing permission). */
  streamsAllowed: boolean;
}

/** Exchange takes 150 MB in 5 minutes from one application into one mailbox (research/graph.md §5.1). */
const uploadBytesPerS = (150 * 1024 * 1024) / 300;
/** Streams travel as base64. */
const encodedGrowth = 4 / 3;
const lanes = 4;
const secondsPerItemMin = 0.3;
const secondsPerItemMax = 1.5;
/** A create is one request of at most 4 MB, and content grows in it. */
const jsonBytesMax = 3.5 * 1024 * 1024;

/**
 * What a restore would do, as a value: nothing is read or written. Deterministic, so that the same
 * input gives the same plan keys in a retry.
 */
export function planReplay(input: PlanInput): ReplayPlan {
  const folders = new FolderPlanner(input);
  for (const id of input.alsoFolders ?? []) folders.keyOf(id, 'message');
  const placed = Array.from(input.candidates, (candidate) => ({
    candidate,
    folder: folders.keyOf(candidate.folderId, candidate.kind),
  }));
  const present = matchPresent(input, placed);
  const items = placed.map(({ candidate, folder }) =>
    planItem(input, candidate, folder, present.has(candidate.itemId)),
  );
  return { folders: folders.list, items, ...summarise(items) };
}

type PlacedFolder = PlannedFolder & { path: string[] };

/**
 * Which candidates are there already. Two equal items of the snapshot need two equal items in the
 * folder; an item that is itself still there counts as itself.
 */
function matchPresent(
  input: PlanInput,
  placed: ReadonlyArray<{ candidate: ReplayCandidate; folder: PlacedFolder }>,
): Set<string> {
  const present = new Set<string>();
  const free = new Map<string, Set<string>>();
  const idsFor = (candidate: ReplayCandidate, folder: PlacedFolder) => {
    const name = `${folder.planKey} ${candidate.contentId}`;
    let ids = free.get(name);
    if (!ids) {
      ids = new Set(samesIn(input, candidate, folder));
      free.set(name, ids);
    }
    return ids;
  };
  for (const { candidate, folder } of placed) {
    if (input.sameMailbox && idsFor(candidate, folder).delete(candidate.key))
      present.add(candidate.itemId);
  }
  for (const { candidate, folder } of placed) {
    if (present.has(candidate.itemId)) continue;
    const ids = idsFor(candidate, folder);
    const [id] = ids;
    if (id === undefined) continue;
    ids.delete(id);
    present.add(candidate.itemId);
  }
  return present;
}

function samesIn(
  input: PlanInput,
  { contentId }: ReplayCandidate,
  { existingId }: PlacedFolder,
): readonly string[] {
  if (existingId === null) return [];
  return input.presence.byContent.get(existingId)?.get(contentId) ?? [];
}

function planItem(
  input: PlanInput,
  candidate: ReplayCandidate,
  folder: PlacedFolder,
  present: boolean,
): PlannedItem {
  const route =
    input.streamsAllowed && candidate.streamBytes !== null
      ? ('stream' as const)
      : ('json' as const);
  const cause = route === 'json' ? jsonObstacle(input, candidate) : null;
  const there = input.sameMailbox ? input.presence.byKey.get(candidate.key) : undefined;
  const changed =
    there !== undefined &&
    folder.existingId !== null &&
    there.folderId === folder.existingId &&
    there.contentId !== candidate.contentId;
  const { action, cause: because } = actionFor(input.collisions, { present, changed, cause });
  return {
    itemId: candidate.itemId,
    key: candidate.key,
    ref: candidate.ref,
    contentId: candidate.contentId,
    kind: candidate.kind,
    itemClass: candidate.itemClass,
    internetMessageId: candidate.internetMessageId,
    folderKey: folder.planKey,
    targetFolderPath: folder.path,
    action,
    cause: because,
    existingId: action === 'replace' ? candidate.key : null,
    presentIds: [...samesIn(input, candidate, folder)],
    bytes: (route === 'stream' ? candidate.streamBytes : candidate.readableBytes) ?? 0,
    route,
  };
}

function actionFor(
  mode: CollisionMode,
  found: { present: boolean; changed: boolean; cause: ReplayCause | null },
): Pick<PlannedItem, 'action' | 'cause'> {
  // The very same content needs no replacement.
  if (found.present && mode !== 'copy') return { action: 'skip-present', cause: null };
  if (found.changed && mode === 'skip') return { action: 'skip-changed', cause: null };
  if (found.cause) return { action: 'cannot', cause: found.cause };
  if (found.changed && mode === 'replace' && !found.present)
    return { action: 'replace', cause: null };
  if (found.present || found.changed) return { action: 'copy', cause: null };
  return { action: 'write', cause: null };
}

function jsonObstacle(input: PlanInput, candidate: ReplayCandidate): ReplayCause | null {
  if (candidate.readableBytes === null) {
    return candidate.streamBytes === null || input.streamsAllowed
      ? 'nothing-stored'
      : 'no-readable-form';
  }
  if (candidate.kind === 'note' || candidate.kind === 'other') return 'no-readable-form';
  // Meetings sent as mail exist only as streams: Exchange takes no other form of them back.
  if (/^(ipm\.schedule\.meeting|report)\b/i.test(candidate.itemClass)) return 'no-readable-form';
  return candidate.readableBytes > jsonBytesMax ? 'too-large' : null;
}

function summarise(items: readonly PlannedItem[]): Pick<ReplayPlan, 'totals' | 'byFolder'> {
  const totals = noTotals();
  const byFolder = new Map<string, PlanTotals & { path: string }>();
  for (const item of items) {
    let folder = byFolder.get(item.folderKey);
    if (!folder) {
      folder = { path: item.targetFolderPath.join('/'), ...noTotals() };
      byFolder.set(item.folderKey, folder);
    }
    count(totals, item);
    count(folder, item);
  }
  const uploadS = (totals.bytes * encodedGrowth) / uploadBytesPerS;
  const durationMinS = Math.ceil(Math.max(uploadS, (totals.write * secondsPerItemMin) / lanes));
  const durationMaxS =
    totals.write === 0
      ? durationMinS
      : Math.ceil(uploadS * 2 + (totals.write * secondsPerItemMax) / lanes + 30);
  return { totals: { ...totals, durationMinS, durationMaxS }, byFolder: [...byFolder.values()] };
}

function noTotals(): PlanTotals {
  return { write: 0, present: 0, changed: 0, cannot: 0, bytes: 0 };
}

function count(totals: PlanTotals, item: PlannedItem): void {
  switch (item.action) {
    case 'skip-present':
      totals.present++;
      return;
    case 'skip-changed':
      totals.changed++;
      return;
    case 'cannot':
      totals.cannot++;
      return;
    default:
      totals.write++;
      totals.bytes += item.bytes;
  }
}

/** Finds or plans the folder for a source folder, parents first. Folders are matched by id, then by place. */
class FolderPlanner {
  readonly list: PlannedFolder[] = [];
  readonly #input: PlanInput;
  readonly #source: ReadonlyMap<string, SourceFolder>;
  readonly #target: ReadonlyMap<string, SourceFolder>;
  readonly #planned = new Map<string, PlacedFolder>();

  constructor(input: PlanInput) {
    this.#input = input;
    this.#source = new Map(input.snapshotFolders.map((folder) => [folder.id, folder]));
    this.#target = new Map(input.targetFolders.map((folder) => [folder.id, folder]));
  }

  keyOf(folderId: string, kind: ItemKind): PlacedFolder {
    return this.#plan(folderId, kind, new Set());
  }

  #plan(folderId: string, kind: ItemKind, trail: Set<string>): PlacedFolder {
    const planKey = `folder:${folderId}`;
    const planned = this.#planned.get(planKey);
    if (planned) return planned;
    const source = this.#source.get(folderId);
    const name = source?.name || 'Restored items';
    const type = source?.type ?? folderTypeOfKind(kind);
    const here = this.#match(source, folderId);
    const parentId = source?.parentId ?? null;
    trail.add(folderId);
    // A circle in a broken tree ends at the top.
    const parent =
      parentId !== null && this.#source.has(parentId) && !trail.has(parentId)
        ? this.#plan(parentId, 'message', trail)
        : this.#root();
    const existingId = here?.id ?? this.#childId(parent?.existingId ?? null, parent, name, type);
    const folder = {
      planKey,
      parentKey: parent?.planKey ?? null,
      name: here?.name ?? name,
      type: here?.type ?? type,
      existingId,
      path: [...(parent?.path ?? []), here?.name ?? name],
    };
    return this.#add(folder);
  }

  /**
   * The same folder in the target, where ids or well-known names say so. A folder that somebody
   * deleted keeps its id in the bin; whoever restores it does not want it there.
   */
  #match(source: SourceFolder | undefined, folderId: string): SourceFolder | undefined {
    if (this.#input.destination.kind !== 'original') return undefined;
    if (this.#input.sameMailbox) {
      const same = this.#target.get(folderId);
      const binned = isInBin(this.#target, folderId) && !isInBin(this.#source, folderId);
      if (same && !binned) return same;
    }
    if (!source?.wellKnown) return undefined;
    return this.#input.targetFolders.find(({ wellKnown }) => wellKnown === source.wellKnown);
  }

  #root(): PlacedFolder | null {
    const { destination } = this.#input;
    if (destination.kind === 'original') return null;
    const planned = this.#planned.get('root');
    if (planned) return planned;
    const { name } = destination;
    return this.#add({
      planKey: 'root',
      parentKey: null,
      name,
      type: 'IPF.Note',
      existingId: this.#childId(null, null, name, 'IPF.Note'),
      path: [name],
    });
  }

  #childId(
    parentId: string | null,
    parent: PlannedFolder | null,
    name: string,
    type: string,
  ): string | null {
    if (parent && parentId === null) return null;
    const found = this.#input.targetFolders.find(
      (folder) =>
        folder.parentId === parentId &&
        folder.name === name &&
        folder.type.toLowerCase() === type.toLowerCase(),
    );
    return found?.id ?? null;
  }

  #add(folder: PlacedFolder): PlacedFolder {
    this.#planned.set(folder.planKey, folder);
    const { path: _, ...plain } = folder;
    this.list.push(plain);
    return folder;
  }
}

const bins = /^(deleteditems|recoverableitems)/;

function isInBin(tree: ReadonlyMap<string, SourceFolder>, folderId: string): boolean {
  const seen = new Set<string>();
  for (let at = tree.get(folderId); at !== undefined; at = tree.get(at.parentId ?? '')) {
    if (bins.test(at.wellKnown ?? '')) return true;
    if (seen.has(at.id)) return false;
    seen.add(at.id);
  }
  return false;
}
