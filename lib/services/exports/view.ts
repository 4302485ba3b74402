import type { ExportState } from '#db/enums.ts';
import type { Selection } from '#db/schema/restores.ts';
import type { ExportRow } from './store.ts';

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
  /** Files in the archive. */
  items: number;
  /** Items that could not be read; the manifest names them. */
  failed: number;
  createdAt: Date;
  endedAt: Date | null;
  expiresAt: Date | null;
}

export function viewExport(row: ExportRow, now: Date): ExportView {
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
    items: row.items,
    failed: row.failed,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    expiresAt: row.expiresAt,
  };
}
