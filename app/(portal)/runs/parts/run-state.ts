import type { StatusKind } from '#app/_ui/status.tsx';
import type { RunMailboxState, RunState } from '#db/enums.ts';
import type { RunView } from '#lib/services/runs/view.ts';

const runLooks: Record<RunState, { kind: StatusKind; word: string }> = {
  queued: { kind: 'wait', word: 'waiting to start' },
  running: { kind: 'run', word: 'running' },
  paused: { kind: 'off', word: 'paused' },
  done: { kind: 'done', word: 'complete' },
  incomplete: { kind: 'gaps', word: 'not complete' },
  failed: { kind: 'fail', word: 'failed' },
  cancelled: { kind: 'off', word: 'cancelled' },
};

export function runLook(state: RunState): { kind: StatusKind; word: string } {
  return runLooks[state];
}

const mailboxLooks: Record<RunMailboxState, { kind: StatusKind; word: string; rank: number }> = {
  failed: { kind: 'fail', word: 'failed', rank: 0 },
  running: { kind: 'run', word: 'running', rank: 1 },
  deferred: { kind: 'late', word: 'put off', rank: 2 },
  waiting: { kind: 'wait', word: 'waiting', rank: 3 },
  cancelled: { kind: 'off', word: 'cancelled', rank: 4 },
  done: { kind: 'done', word: 'done', rank: 5 },
};

export function runMailboxLook(state: RunMailboxState) {
  return mailboxLooks[state];
}

/** Differs when the page of a run has something new to show. */
export function runStamp(run: RunView): string {
  const { counts, mailboxCounts } = run;
  return [
    run.state,
    run.bytes,
    run.requests,
    counts.enumerated,
    counts.open,
    mailboxCounts.done,
    mailboxCounts.failed,
    run.byState.find(({ state }) => state === 'running')?.mailboxes ?? 0,
  ].join(' ');
}
