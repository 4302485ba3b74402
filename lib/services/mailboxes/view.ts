import type { MailboxKind, MailboxState } from '#db/enums.ts';
import type { MailboxHealth } from './rules.ts';
import type { JudgedMailbox, SnapshotRow } from './store.ts';

export interface MailboxRow {
  id: string;
  name: string;
  address: string;
  kind: MailboxKind;
  state: MailboxState;
  items: number;
  /** Of its items, those that the search index has. */
  indexed: number;
  bytes: number;
  lastGoodAt: Date | null;
  lastOutcome: string | null;
  sealedAt: Date | null;
  health: MailboxHealth;
  /** Protected, and without a good copy within the target, for whatever cause. */
  outside: boolean;
}

export interface SnapshotView {
  id: string;
  sequence: number;
  takenAt: Date;
  items: number;
  added: number;
  removed: number;
}

export interface MailboxView extends MailboxRow {
  /** Newest first. */
  snapshots: SnapshotView[];
}

export function viewMailboxRow(row: JudgedMailbox): MailboxRow {
  return {
    id: row.id,
    name: row.displayName,
    address: row.address,
    kind: row.kind,
    state: row.state,
    items: row.items,
    indexed: row.indexed,
    bytes: row.bytes,
    lastGoodAt: row.lastGoodAt,
    lastOutcome: row.lastOutcome,
    sealedAt: row.sealedAt,
    health: row.health,
    outside: row.outside,
  };
}

export function viewMailbox(row: JudgedMailbox, snapshots: SnapshotRow[]): MailboxView {
  return {
    ...viewMailboxRow(row),
    snapshots: snapshots.map((snapshot) => ({
      id: snapshot.id,
      sequence: snapshot.sequence,
      takenAt: snapshot.takenAt,
      items: snapshot.items,
      added: snapshot.added,
      removed: snapshot.removed,
    })),
  };
}
