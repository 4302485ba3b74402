import { runTexts } from '#app/_texts/runs.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import type { RunMailboxState, RunState } from '#db/enums.ts';
import type { RunView } from '#lib/services/runs/view.ts';

const { states, mailboxStates } = runTexts;

const runLooks: Record<RunState, { kind: StatusKind; word: string }> = {
  queued: { kind: 'wait', word: states.queued },
  running: { kind: 'run', word: states.running },
  paused: { kind: 'off', word: states.paused },
  done: { kind: 'done', word: states.done },
  incomplete: { kind: 'gaps', word: states.incomplete },
  failed: { kind: 'fail', word: states.failed },
  cancelled: { kind: 'off', word: states.cancelled },
};

export function runLook(state: RunState): { kind: StatusKind; word: string } {
  return runLooks[state];
}

const mailboxLooks: Record<RunMailboxState, { kind: StatusKind; word: string; rank: number }> = {
  failed: { kind: 'fail', word: mailboxStates.failed, rank: 0 },
  running: { kind: 'run', word: mailboxStates.running, rank: 1 },
  deferred: { kind: 'late', word: mailboxStates.deferred, rank: 2 },
  waiting: { kind: 'wait', word: mailboxStates.waiting, rank: 3 },
  cancelled: { kind: 'off', word: mailboxStates.cancelled, rank: 4 },
  done: { kind: 'done', word: mailboxStates.done, rank: 5 },
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
