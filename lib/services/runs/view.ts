import type {
  ItemOutcomeName,
  MailboxKind,
  RunMailboxState,
  RunState,
  RunTrigger,
} from '#db/enums.ts';
import { causeSentence } from '#lib/exchange/outcome.ts';
import { mailboxCauseSentence } from './rules.ts';
import type { countCauses, listRunMailboxes, RunRow, RunSums, sumRunByState } from './store.ts';

export interface RunCounts {
  enumerated: number;
  stored: number;
  reused: number;
  removed: number;
  skipped: number;
  failed: number;
  /** Listed and without an outcome; 0 in a run that balances. */
  open: number;
}

export interface RunCause {
  cause: string;
  sentence: string;
  outcome: ItemOutcomeName;
  count: number;
  /** In so many of the mailboxes. */
  mailboxes: number;
}

export interface RunMailbox {
  id: string;
  name: string;
  address: string;
  kind: MailboxKind;
  state: RunMailboxState;
  /** Why it failed or was put off, as a sentence. */
  reason: string | null;
  notBefore: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  counts: RunCounts;
  bytes: number;
  requests: number;
}

export interface RunSummary {
  id: string;
  state: RunState;
  trigger: RunTrigger;
  reason: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  counts: RunCounts;
  /** Bytes read from Microsoft. */
  bytes: number;
  /** Bytes the vault grew by. */
  storedBytes: number;
  requests: number;
}

export interface RunView extends RunSummary {
  byCause: RunCause[];
  mailboxCounts: { total: number; done: number; failed: number; cancelled: number };
  byState: { state: RunMailboxState; mailboxes: number; counts: RunCounts }[];
  /** In trouble first, then at work; not all where there are very many, or some were chosen. */
  mailboxes: RunMailbox[];
}

type Tally = Omit<RunCounts, 'open'>;

function counts(row: Tally): RunCounts {
  const { enumerated, stored, reused, removed, skipped, failed } = row;
  const open = Math.max(0, enumerated - stored - reused - removed - skipped - failed);
  return { enumerated, stored, reused, removed, skipped, failed, open };
}

/** @param sums of the mailboxes, for a run that has not ended yet */
export function viewSummary(row: RunRow, sums: RunSums | null): RunSummary {
  const figures = sums ?? row;
  return {
    id: row.id,
    state: row.state,
    trigger: row.trigger,
    reason: row.reason,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    counts: counts(figures),
    bytes: figures.bytes,
    storedBytes: figures.storedBytes,
    requests: figures.requests,
  };
}

export function viewRun(
  row: RunRow,
  sums: RunSums,
  causes: Awaited<ReturnType<typeof countCauses>>,
  states: Awaited<ReturnType<typeof sumRunByState>>,
  mailboxes: RunMailbox[],
): RunView {
  return {
    ...viewSummary(row, sums),
    byCause: causes.map((line) => ({ ...line, sentence: causeSentence(line.cause) })),
    mailboxCounts: {
      total: sums.mailboxes,
      done: sums.done,
      failed: sums.failedMailboxes,
      cancelled: sums.cancelledMailboxes,
    },
    byState: states.map((sums) => ({
      state: sums.state,
      mailboxes: sums.mailboxes,
      counts: counts(sums),
    })),
    mailboxes,
  };
}

/** A mailbox of a run, with what became of its items. */
export function viewRunMailbox({
  line,
  name,
  address,
  kind,
}: Awaited<ReturnType<typeof listRunMailboxes>>[number]): RunMailbox {
  return {
    id: line.mailboxId,
    name,
    address,
    kind,
    state: line.state,
    reason: line.cause === null ? null : mailboxCauseSentence(line.cause, line.detail),
    notBefore: line.notBefore,
    startedAt: line.startedAt,
    endedAt: line.endedAt,
    counts: counts(line),
    bytes: line.bytes,
    requests: line.requests,
  };
}
