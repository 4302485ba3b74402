import type { ExportState } from '#db/enums.ts';
import type { Selection } from '#db/schema/restores.ts';
import { causeSentence } from '#lib/exchange/outcome.ts';
import type { ExportRow } from './store.ts';

export interface ExportFailureView {
  itemId: string;
  /** Null where the catalogue does not know the item any more. */
  subject: string | null;
  cause: string;
  sentence: string;
}

export interface ExportView {
  id: string;
  mailboxId: string;
  sequence: number;
  selection: Selection;
  state: ExportState;
  refusal: string | null;
  /** Of the whole archive, hex. */
  sha256: string | null;
  bytes: number;
  /** Items of the selection; 0 until they are counted. */
  total: number;
  /** Files in the archive, so far while it is being written. */
  items: number;
  /** Items that could not be read; the manifest names them all. */
  failed: number;
  /** The first of them. */
  failures: ExportFailureView[];
  createdAt: Date;
  endedAt: Date | null;
  expiresAt: Date | null;
}

/** @param subjects of items that failed, by their id */
export function viewExport(
  row: ExportRow,
  now: Date,
  subjects: ReadonlyMap<string, string> = new Map(),
): ExportView {
  const expired = row.state === 'done' && row.expiresAt !== null && row.expiresAt <= now;
  return {
    id: row.id,
    mailboxId: row.mailboxId,
    sequence: row.sequence,
    selection: row.selection,
    state: expired ? 'expired' : row.state,
    refusal: row.refusal,
    sha256: row.sha256,
    bytes: row.bytes,
    total: row.total,
    items: row.items,
    failed: row.failed,
    failures: row.failures.map(({ itemId, cause }) => ({
      itemId,
      subject: subjects.get(itemId) ?? null,
      cause,
      sentence: causeSentence(cause),
    })),
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    expiresAt: row.expiresAt,
  };
}
