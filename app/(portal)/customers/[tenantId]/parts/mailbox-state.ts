import { mailboxTexts } from '#app/_texts/customer.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import { healthOrder, type MailboxHealth } from '#lib/services/mailboxes/rules.ts';

const kinds: Record<MailboxHealth, StatusKind> = {
  stopped: 'fail',
  failed: 'fail',
  late: 'late',
  'not-covered': 'none',
  gaps: 'gaps',
  first: 'run',
  sealed: 'seal',
  excluded: 'off',
  erased: 'off',
  good: 'ok',
};

/** How a mailbox looks that is like this; `rank` orders lists, worst first. */
export function mailboxLook(health: MailboxHealth): {
  kind: StatusKind;
  word: string;
  rank: number;
} {
  return {
    kind: kinds[health],
    word: mailboxTexts.health[health],
    rank: healthOrder.indexOf(health),
  };
}
