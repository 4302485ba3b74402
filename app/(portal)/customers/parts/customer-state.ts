import { customerTexts } from '#app/_texts/customer.ts';
import type { StatusKind } from '#app/_ui/status.tsx';
import type { TenantState } from '#db/enums.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { targetMs } from '#lib/services/coverage/rules.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { connectStamp } from '../../../connect/parts/connect-stamp.ts';

export interface Protection {
  state: TenantState;
  /** Null where nobody has counted yet. */
  mailboxes: number | null;
  covered: number | null;
  failing: number | null;
  oldestGoodAt: Date | null;
  newestGoodAt: Date | null;
  policy: { everyMinutes: number; paused: boolean } | null;
  lastRun: { state: string } | null;
}

const words = customerTexts.states;

/** Where no policy says how often. */
const usualMinutes = 360;

/** The first copy is going on. */
export const onboardingRank = 4;

/** One word for a customer, worst first; `rank` orders the list. */
export function customerState(
  customer: Protection,
  now: Date,
): { kind: StatusKind; word: string; rank: number } {
  const { state, mailboxes, covered, failing, oldestGoodAt, newestGoodAt, policy, lastRun } =
    customer;
  if (state === 'consent-lost') return { kind: 'fail', word: words['consent-lost'], rank: 0 };
  if (state === 'connecting') return { kind: 'run', word: words.connecting, rank: 5 };
  if (state === 'disconnected') return { kind: 'off', word: words.disconnected, rank: 6 };
  if (lastRun?.state === 'failed') return { kind: 'fail', word: words.failed, rank: 1 };
  const target = targetMs(policy?.everyMinutes ?? usualMinutes);
  if (oldestGoodAt !== null && now.getTime() - oldestGoodAt.getTime() > target) {
    return policy?.paused
      ? { kind: 'off', word: words.paused, rank: 3 }
      : { kind: 'late', word: words.late, rank: 2 };
  }
  if (newestGoodAt === null) {
    return lastRun !== null && ['running', 'queued', 'paused'].includes(lastRun.state)
      ? { kind: 'run', word: words.onboarding, rank: onboardingRank }
      : mailboxes === null
        ? { kind: 'unknown', word: words.unknown, rank: 3 }
        : { kind: 'none', word: words.none, rank: 3 };
  }
  if ((failing ?? 0) > 0 || (covered ?? 0) < (mailboxes ?? 0))
    return { kind: 'gaps', word: words.gaps, rank: 3 };
  return { kind: 'ok', word: words.good, rank: 7 };
}

/** Differs when the page of a customer has something new to show. */
export function customerStamp(customer: CustomerView, link: ConnectView | null): string {
  return [
    customer.state,
    customer.lastRun?.id ?? '',
    customer.lastRun?.state ?? '',
    customer.lastRun?.endedAt?.getTime() ?? '',
    customer.mailboxes,
    customer.figures.covered,
    customer.connection.restore.length,
    customer.policy?.everyMinutes ?? '',
    customer.policy?.paused ?? '',
    link === null ? '' : connectStamp(link),
  ].join(' ');
}
