import type { StatusKind } from '#app/_ui/status.tsx';
import type { TenantState } from '#db/enums.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { connectStamp } from '../../../connect/parts/connect-stamp.ts';

export interface Protection {
  state: TenantState;
  mailboxes: number;
  protectedCount: number;
  oldestGoodAt: Date | null;
  lastRun: { state: string } | null;
}

/** A copy older than this is late, whatever the policy. */
const lateMs = 24 * 3_600_000;

/** One word for a customer, worst first; `rank` orders the list. */
export function customerState(
  customer: Protection,
  now: Date,
): { kind: StatusKind; word: string; rank: number } {
  const { state, mailboxes, protectedCount, oldestGoodAt, lastRun } = customer;
  if (state === 'consent-lost') return { kind: 'fail', word: 'permission removed', rank: 0 };
  if (lastRun?.state === 'failed') return { kind: 'fail', word: 'failed', rank: 1 };
  if (oldestGoodAt !== null && now.getTime() - oldestGoodAt.getTime() > lateMs)
    return { kind: 'late', word: 'late', rank: 2 };
  if (state === 'connecting') return { kind: 'run', word: 'connecting', rank: 5 };
  if (state === 'disconnected') return { kind: 'off', word: 'disconnected', rank: 6 };
  if (lastRun === null || oldestGoodAt === null) {
    return lastRun?.state === 'running' || lastRun?.state === 'queued'
      ? { kind: 'run', word: 'onboarding', rank: 4 }
      : { kind: 'none', word: 'not covered', rank: 3 };
  }
  if (protectedCount < mailboxes) return { kind: 'gaps', word: 'gaps named', rank: 3 };
  return { kind: 'ok', word: 'good', rank: 7 };
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
    link === null ? '' : connectStamp(link),
  ].join(' ');
}
