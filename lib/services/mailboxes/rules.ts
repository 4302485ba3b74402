/**
 * How well a mailbox is backed up. `healthOf` in `health.ts` decides it, for every page that says it;
 * these are its words, and what lists are narrowed to.
 */
export type MailboxHealth =
  /** Its customer's approval is gone: nothing of it is copied any more. */
  | 'stopped'
  | 'failed'
  | 'late'
  | 'not-covered'
  | 'gaps'
  /** A run is at work on the first copy. */
  | 'first'
  | 'sealed'
  | 'excluded'
  | 'erased'
  | 'good';

/** Worst first, as lists order them. */
export const healthOrder: readonly MailboxHealth[] = [
  'stopped',
  'failed',
  'late',
  'not-covered',
  'gaps',
  'first',
  'sealed',
  'excluded',
  'erased',
  'good',
];

/** Somebody should look at these. */
export const healthsToLookAt = ['stopped', 'failed', 'late', 'not-covered', 'gaps'] as const;

/** What a list of mailboxes can be narrowed to: one for each number that is shown anywhere. */
export const mailboxShows = [
  'look',
  'stopped',
  'failed',
  'late',
  'uncovered',
  'gaps',
  'covered',
  'without',
  'protected',
  'sealed',
  'outside',
] as const;
export type MailboxShow = (typeof mailboxShows)[number];

export interface Healthy {
  state: string;
  health: MailboxHealth;
  /** Protected, and without a good copy within the target, for whatever cause. */
  outside: boolean;
  lastGoodAt: Date | null;
  lastOutcome: string | null;
}

/** @param cause only with `failed`: what the last run said */
export function isShown(
  mailbox: Healthy,
  show: MailboxShow | null,
  cause: string | null = null,
): boolean {
  const { health, state, lastGoodAt } = mailbox;
  const counts = state !== 'excluded' && state !== 'erased';
  switch (show) {
    case null:
      return true;
    case 'look':
      return (healthsToLookAt as readonly MailboxHealth[]).includes(health);
    case 'failed':
      return health === 'failed' && (cause === null || mailbox.lastOutcome === cause);
    case 'uncovered':
      return health === 'not-covered';
    case 'covered':
      return (state === 'protected' || state === 'sealed') && lastGoodAt !== null;
    case 'without':
      return counts && (state === 'discovered' || lastGoodAt === null);
    case 'protected':
      return state === 'protected';
    case 'outside':
      return mailbox.outside;
    case 'sealed':
    case 'stopped':
    case 'late':
    case 'gaps':
      return health === show;
  }
}
