/** One folder of a mailbox as of a snapshot. */
export interface FolderRow {
  id: string;
  parentId: string | null;
  name: string;
  type: string;
  wellKnown: string | null;
}

/** One item of a mailbox as of a snapshot: what is listed, and where its bytes are. */
export interface ItemRow {
  /** The item's id at its source; unique within a mailbox. */
  key: string;
  folderId: string;
  kind: string;
  itemClass: string;
  /** Names the item record in this vault (64 hex digits). */
  ref: string;
  contentId: string;
  changeKey: string;
  subject: string;
  sender: string;
  /** ISO 8601, or null where the item has no time of its own. */
  at: string | null;
  bytes: number;
  categories: string[];
}

export interface SnapshotInfo {
  id: string;
  mailboxId: string;
  /** Counts from 1 within a mailbox. */
  sequence: number;
  takenAt: Date;
  items: number;
  /** Sum of the items' own bytes. */
  bytes: number;
  /** Page id at the top of the tree. */
  root: string;
  previous: string | null;
  pagesWritten: number;
}

export interface SnapshotInput {
  mailboxId: string;
  /** The snapshot the changes apply to; null when everything is in `put`. */
  base: string | null;
  takenAt: Date;
  /** Free facts that make the vault readable without any database. */
  note: Record<string, string>;
  /** The whole folder tree, every time. */
  folders: FolderRow[];
  put: AsyncIterable<ItemRow> | Iterable<ItemRow>;
  /** Keys of rows that are no longer there. */
  remove: AsyncIterable<string> | Iterable<string>;
}

export interface RowChange {
  kind: 'put' | 'remove';
  row: ItemRow;
}
