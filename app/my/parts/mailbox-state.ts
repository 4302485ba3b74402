import { myTexts } from '#app/_texts/my.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import { healthOrder, type MailboxHealth } from '#lib/services/mailboxes/rules.ts';

interface Backed {
  kind: StatusKind;
  word: string;
  /** Worst first. */
  rank: number;
}

const { state } = myTexts.mailboxes;

const looks: Record<MailboxHealth, Omit<Backed, 'rank'>> = {
  stopped: { kind: 'fail', word: state.stopped },
  failed: { kind: 'fail', word: state.failed },
  late: { kind: 'late', word: state.old },
  'not-covered': { kind: 'none', word: state.none },
  gaps: { kind: 'gaps', word: state.gaps },
  first: { kind: 'wait', word: state.first },
  sealed: { kind: 'seal', word: state.left },
  excluded: { kind: 'off', word: state.out },
  erased: { kind: 'off', word: state.out },
  good: { kind: 'ok', word: state.good },
};

/** How well a mailbox is backed up, in a word. */
export function backed(health: MailboxHealth): Backed {
  return { ...looks[health], rank: healthOrder.indexOf(health) };
}
