import type { PlainError } from '#lib/vault/errors.ts';
import type { PackSecrets } from '#lib/vault/format/pack.ts';
import type { ReadableFormat } from '#lib/vault/format/record.ts';
import type { FinishedPack } from './packer.ts';

/** What the main thread and a worker thread of the vault say to each other. */

export interface ThreadStart {
  secrets: PackSecrets;
  idKey: Uint8Array;
  index: SharedArrayBuffer[];
}

/** A body that the thread has or can read by itself. */
export type JobBody = { offset: number; length: number } | { file: string };

export type Job =
  | {
      kind: 'item';
      readable: { format: ReadableFormat; body: JobBody } | null;
      stream: { body: JobBody } | null;
    }
  | { kind: 'page'; offset: number; length: number; refs: Uint8Array[] };

export type ToThread =
  | { kind: 'batch'; batch: number; jobs: Job[]; bytes: Uint8Array }
  | { kind: 'begin'; item: number }
  | { kind: 'beginBody'; item: number; format: ReadableFormat | 'stream' }
  | { kind: 'piece'; item: number; bytes: Uint8Array }
  | { kind: 'endItem'; item: number }
  | { kind: 'abandon'; item: number }
  | { kind: 'flush'; token: number }
  | { kind: 'grow'; memory: SharedArrayBuffer }
  | { kind: 'slabs'; slabs: ArrayBuffer[] };

export interface JobDone {
  /** The id in hex digits: a view of a pooled buffer would take the whole pool along. */
  ref: string;
  reused: boolean;
  readable: { bytes: number; sha256: string } | null;
  stream: { bytes: number; sha256: string } | null;
  /** Bytes before compression that the vault did not have yet. */
  freshBytes: number;
}

export type JobResult = JobDone | { error: PlainError };

export type FromThread =
  | { kind: 'results'; batch: number; results: JobResult[] }
  | { kind: 'taken'; item: number }
  | { kind: 'itemEnded'; item: number; result: JobResult }
  | { kind: 'pack'; pack: FinishedPack }
  | { kind: 'flushed'; token: number }
  | { kind: 'fatal'; error: PlainError };
