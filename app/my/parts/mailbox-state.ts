import { myTexts } from '#app/_texts/my.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';

const dayMs = 24 * 60 * 60_000;

export interface Backed {
  kind: StatusKind;
  word: string;
  /** Worst first. */
  rank: number;
}

/** How well a mailbox is backed up, in a word. */
export function backed(mailbox: MailboxRow, now: Date): Backed {
  const { state } = myTexts.mailboxes;
  const { lastGoodAt, lastOutcome } = mailbox;
  switch (mailbox.state) {
    case 'sealed':
      return { kind: 'seal', word: state.left, rank: 6 };
    case 'erased':
    case 'excluded':
      return { kind: 'off', word: state.out, rank: 7 };
    case 'discovered':
      return { kind: 'none', word: state.none, rank: 1 };
    case 'protected':
      if (lastGoodAt === null) return { kind: 'wait', word: state.first, rank: 4 };
      if (lastOutcome?.includes('skip')) return { kind: 'gaps', word: state.gaps, rank: 3 };
      if (lastOutcome !== null && !lastOutcome.startsWith('done'))
        return { kind: 'fail', word: state.failed, rank: 0 };
      if (now.getTime() - lastGoodAt.getTime() > dayMs)
        return { kind: 'late', word: state.old, rank: 2 };
      return { kind: 'ok', word: state.good, rank: 5 };
  }
}
