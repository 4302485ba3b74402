import type { StatusKind } from '#app/_ui/status.tsx';
import type { MailboxState } from '#db/enums.ts';

export interface Copied {
  state: MailboxState;
  lastGoodAt: Date | null;
  lastOutcome: string | null;
}

/** One word for a mailbox, worst first; `rank` orders the list. */
export function mailboxState(mailbox: Copied): { kind: StatusKind; word: string; rank: number } {
  switch (mailbox.state) {
    case 'sealed':
      return { kind: 'seal', word: 'sealed', rank: 4 };
    case 'erased':
      return { kind: 'off', word: 'erased', rank: 6 };
    case 'excluded':
      return { kind: 'off', word: 'left out', rank: 5 };
    case 'discovered':
      return { kind: 'none', word: 'not covered', rank: 1 };
    case 'protected':
      if (mailbox.lastOutcome?.includes('skip'))
        return { kind: 'gaps', word: 'gaps named', rank: 2 };
      if (mailbox.lastOutcome !== null && !mailbox.lastOutcome.startsWith('done'))
        return { kind: 'fail', word: 'failed', rank: 0 };
      if (mailbox.lastGoodAt === null) return { kind: 'wait', word: 'first copy', rank: 3 };
      return { kind: 'ok', word: 'good', rank: 7 };
  }
}
