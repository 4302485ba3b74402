import type { RunState } from '#db/enums.ts';

/** States in which a run still has something to do. */
export const openRunStates = ['queued', 'running', 'paused'] as const satisfies readonly RunState[];

/** They ended, and somebody should look. */
export const problemRunStates = ['incomplete', 'failed'] as const satisfies readonly RunState[];

/** The parts of what a run listed; `left-out`: skipped and failed together. */
export const runOutcomes = [
  'stored',
  'reused',
  'removed',
  'skipped',
  'failed',
  'open',
  'left-out',
] as const;
export type RunOutcome = (typeof runOutcomes)[number];

export function isOpen(state: RunState): boolean {
  return (openRunStates as readonly RunState[]).includes(state);
}

export function canPause(state: RunState): boolean {
  return state === 'queued' || state === 'running';
}

export function canResume(state: RunState): boolean {
  return state === 'paused';
}

export function canCancel(state: RunState): boolean {
  return isOpen(state);
}

/** Mailboxes in one shard; more shards than `shardsMax` make them larger (`research/temporal.md` §2.2). */
const shardSize = 1_000;
const shardsMax = 200;

export function shardCount(mailboxes: number): number {
  return Math.min(shardsMax, Math.ceil(mailboxes / shardSize));
}

/** What the row of a mailbox in a run says beside the causes of items. */
const mailboxCauses: Record<string, string> = {
  sealed:
    'The mailbox is gone at Microsoft, or its customer was disconnected. Its copies are kept.',
  excluded: 'The mailbox is left out of backups.',
  discovered: 'The mailbox is not covered by any policy yet.',
  erased: 'The copies of the mailbox were erased on purpose.',
  'mailbox-busy': 'Another run or a restore was at work on the mailbox.',
  throttled: 'Microsoft asked to wait before going on.',
  unbalanced: 'Not every item that was listed is accounted for. The copy before this one stands.',
  'waited-too-long': 'Microsoft kept asking to wait. The next run goes on where this one stopped.',
  unreached: 'It was not reached before the run ended. The next run takes it first.',
  cancelled: 'The run was cancelled before it was finished.',
};

/** The sentence for why a mailbox of a run is where it is; an AppError's own sentence is kept as it is. */
export function mailboxCauseSentence(cause: string, detail: string | null): string {
  return mailboxCauses[cause] ?? detail ?? cause;
}
