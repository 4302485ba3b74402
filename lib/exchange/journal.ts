import type { ItemKind } from './item.ts';
import type { ItemCard } from './item-details.ts';
import type { ItemText } from './item-text.ts';
import type { ItemNote, ItemOutcomeName, OutcomeCause } from './outcome.ts';

/**
 * What a capture remembers between slices and runs. The engine knows Graph and the vault; the
 * catalogue comes in through this interface (Postgres in the product, memory in tests).
 *
 * One slice = one call of `captureMailbox`. A run may need several; everything below that says
 * "in this run" must survive from slice to slice.
 */
export interface CaptureJournal {
  /** Folders that are open in the catalogue: known and not closed. */
  folders(): Promise<SourceFolder[]>;

  /** Adds new folders and updates renamed, moved or retyped ones. Never closes one. */
  commitFolders(present: readonly SourceFolder[]): Promise<void>;

  /** Closes a folder that is gone in the source; called when none of its items is open any more. */
  closeFolder(folderId: string): Promise<void>;

  /** Where the next slice goes on in a folder; null where it was never read or the cursor was lost. */
  cursor(folderId: string): Promise<string | null>;

  /** Folders whose round was completed in this run: a later slice passes them over. */
  finishedFolders(): Promise<ReadonlySet<string>>;

  /** Open catalogue rows of the mailbox with these ids, in whichever folder; unknown ids are absent. */
  known(ids: readonly string[]): Promise<Map<string, KnownItem>>;

  /** The ids of all open rows of a folder, in any order. */
  openIds(folderId: string): AsyncIterable<string>;

  /**
   * Items that failed in an earlier run and are due for another attempt; one that was already tried
   * in this run is not in the list. At most a few thousand.
   */
  retryList(): Promise<RetryItem[]>;

  /**
   * One transaction, guarded by the epoch of the lease: items, removals, failures, counters and
   * cursor together, or nothing of it. Called only after the vault made every `ref` durable.
   *
   * - `items`: an open row with the same id is closed at this run's sequence and a new one opened
   *   (where nothing but counters would differ, the row may stay). A row that was closed in this very
   *   run is opened again: that is an item which moved from one folder to another.
   * - `removed`: open rows with this id **and** this folder are closed.
   * - an id in `items` or `removed` leaves the retry list; a `failed` outcome enters it or counts an attempt.
   */
  commitPage(page: CapturedPage): Promise<void>;
}

/** A folder of the mailbox as it is now, or as the catalogue has it. */
export interface SourceFolder {
  id: string;
  /** null for a folder at the top of the mailbox. */
  parentId: string | null;
  name: string;
  /** Folder class, such as `IPF.Note`. */
  type: string;
  /** Lower-case well-known name such as `inbox`, where it has one; names are localised, these are not. */
  wellKnown: string | null;
}

export interface KnownItem {
  changeKey: string;
  folderId: string;
  ref: string;
}

export interface RetryItem {
  id: string;
  folderId: string;
  attempts: number;
}

export interface CapturedPage {
  folderId: string;
  /** Undefined: leave the cursor as it is. Null: drop it. Else opaque text to resume from. */
  cursor: string | null | undefined;
  /** True with the last page of the folder's round in this run. */
  roundComplete: boolean;
  /** How many ids the source listed with this page; equals `outcomes.length`. */
  enumerated: number;
  items: CapturedItem[];
  /** Ids that are confirmed to be gone from this folder. */
  removed: string[];
  /** Exactly one line for each listed id, `stored` and `reused` ones too. */
  outcomes: ItemOutcome[];
  /**
   * Ids among `items` whose other form could not be had for a passing reason: they are stored and
   * nevertheless enter the retry list (after `items` left it).
   */
  again: string[];
  /** Requests to Graph since the page before. */
  requests: number;
  /** Bytes read from Graph for `items`. */
  bytesRead: number;
}

export interface CapturedItem {
  id: string;
  changeKey: string;
  folderId: string;
  kind: ItemKind;
  itemClass: string;
  subject: string;
  /** `Name <address>` or either of the two. */
  sender: string;
  recipients: string;
  at: Date | null;
  /** Size of the item as Exchange reports it. */
  bytes: number;
  hasAttachments: boolean;
  /** What a list shows of an event, a contact or a task; null of everything else. */
  card: ItemCard | null;
  categories: string[];
  /** Identity by content, 64 hex (`identity.ts`). */
  contentId: string;
  internetMessageId: string | null;
  /** The record in the vault. */
  ref: string;
  outcome: 'stored' | 'reused';
  streamBytes: number | null;
  readableBytes: number | null;
  note: ItemNote | null;
  /** What can be searched of it; null where there is no form that people can read. */
  text: ItemText | null;
}

export interface ItemOutcome {
  id: string;
  folderId: string;
  outcome: ItemOutcomeName;
  cause: OutcomeCause | null;
  /** The code that Graph gave, for support; never mail content. */
  detail: string | null;
}
