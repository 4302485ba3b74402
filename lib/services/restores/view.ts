import type {
  ItemKind,
  RestoreAction,
  RestoreItemState,
  RestoreRoute,
  RestoreState,
} from '#db/enums.ts';
import type { Destination, PlannedCounts, RestorePlan, Selection } from '#db/schema/restores.ts';
import { causeSentence } from '#lib/exchange/outcome.ts';
import type { LineCounts, RestoreItemRow, RestoreRow } from './store.ts';

export interface RestoreCounts {
  total: number;
  /** At Microsoft now, read back or not yet. */
  written: number;
  /** Read back and equal to what the vault holds. */
  verified: number;
  /** Left alone on purpose. */
  skipped: number;
  /** Not put back, or there and different. */
  failed: number;
  /** Nothing has happened yet, or it is not known. */
  open: number;
}

export interface RestorePlanView extends Omit<RestorePlan, 'folders'> {
  /** Names of folders are content of a mailbox: null for a role that may not see any. */
  folders: ({ path: string | null } & PlannedCounts)[];
}

export interface RestoreView {
  id: string;
  mailboxId: string;
  targetMailboxId: string;
  sequence: number;
  selection: Selection;
  /** The name of a folder may tell what is in the mailbox: empty for a role that may not see any. */
  destination: Destination;
  collisions: RestoreRow['collisions'];
  state: RestoreState;
  plan: RestorePlanView | null;
  /** Why it was refused or stopped, as a sentence. */
  refusal: string | null;
  requestedBy: string;
  createdAt: Date;
  plannedAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  counts: RestoreCounts;
}

export interface RestoreItemView {
  position: number;
  itemId: string;
  kind: ItemKind;
  subject: string;
  bytes: number;
  /** Folder names from the top. */
  path: string[];
  action: RestoreAction;
  route: RestoreRoute;
  state: RestoreItemState;
  /** Why it was skipped, failed or differs. */
  reason: string | null;
  detail: string | null;
  sameBytes: boolean | null;
}

function viewPlan(plan: RestorePlan, content: boolean): RestorePlanView {
  if (content) return plan;
  return { ...plan, folders: plan.folders.map((folder) => ({ ...folder, path: null })) };
}

function viewDestination(destination: Destination, content: boolean): Destination {
  if (content || destination.kind === 'original') return destination;
  return destination.kind === 'folder'
    ? { ...destination, name: '' }
    : { ...destination, folderName: '' };
}

/**
 * @param sees whether the reader may see what is in the mailbox, and whether the folders of the plan are
 *   asked for
 */
export function viewRestore(
  row: RestoreRow,
  lines: LineCounts,
  { content, folders }: { content: boolean; folders: boolean },
): RestoreView {
  const { planned, writing, written, verified, differs, skipped, failed } = lines;
  return {
    id: row.id,
    mailboxId: row.mailboxId,
    targetMailboxId: row.targetMailboxId,
    sequence: row.sequence,
    selection: row.selection,
    destination: viewDestination(row.destination, content),
    collisions: row.collisions,
    state: row.state,
    plan: row.plan === null ? null : viewPlan(row.plan, content && folders),
    refusal: row.refusal,
    requestedBy: row.requestedBy,
    createdAt: row.createdAt,
    plannedAt: row.plannedAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    counts: {
      total: planned + writing + written + verified + differs + skipped + failed,
      written: written + verified + differs,
      verified,
      skipped,
      failed: failed + differs,
      open: planned + writing,
    },
  };
}

const skipSentences: Record<string, string> = {
  present: 'The same content is in the folder already.',
  changed: 'The item is there and was changed since; it was left alone.',
};

export function viewLine(row: RestoreItemRow): RestoreItemView {
  return {
    position: row.position,
    itemId: row.itemId,
    kind: row.kind,
    subject: row.subject,
    bytes: row.bytes,
    path: row.targetPath,
    action: row.action,
    route: row.route,
    state: row.state,
    reason: row.cause === null ? null : (skipSentences[row.cause] ?? causeSentence(row.cause)),
    detail: row.detail,
    sameBytes: row.sameBytes,
  };
}
