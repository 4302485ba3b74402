import type { ItemKind } from './item.ts';
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
