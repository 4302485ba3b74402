import type { ReplayCause } from './outcome.ts';

/**
 * The journal of a restore, one line for each planned item. An intent is on disk before anything is
 * sent; an outcome after. So a reply that was lost can be told from a write that never happened.
 */
export interface ReplayJournal {
  /** The line of this item as it is now. */
  entry(itemId: string): Promise<ReplayEntry>;
  /** Durable before the write is sent. Counts an attempt. */
  intend(itemId: string, intent: { folderId: string; at: Date }): Promise<void>;
  /** It is there: written by us, or found there after a lost reply (`adopted`). */
  written(itemId: string, result: WrittenItem): Promise<void>;
  /** It ended without being written. `present` and `changed` are skips that the plan foresaw. */
  ended(
    itemId: string,
    result: {
      outcome: 'present' | 'changed' | 'failed';
      cause: ReplayCause | null;
      detail: string | null;
    },
  ): Promise<void>;
  /** What reading it back said. */
  verified(itemId: string, result: VerifyResult): Promise<void>;
  /** Which of these target ids are already claimed by lines of this restore. */
  claimed(createdIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export type ReplayEntry =
  | { state: 'planned' }
  /** A write may or may not have happened. */
  | { state: 'intent'; folderId: string; at: Date; attempts: number }
  | { state: 'written'; createdId: string; folderId: string; route: 'stream' | 'json' }
  | { state: 'ended'; outcome: 'present' | 'changed' | 'failed' };

export interface WrittenItem {
  createdId: string;
  folderId: string;
  route: 'stream' | 'json';
  adopted: boolean;
}

export interface VerifyResult {
  ok: boolean;
  cause: ReplayCause | null;
  /** True where the readable form read back equals the stored one byte for byte. */
  sameBytes: boolean;
}
