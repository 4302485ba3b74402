import type { TenantState } from '#db/enums.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';

/**
 * Whether figures are older than they should be: each run adds them up anew, so where backups go on
 * none is older than the target.
 */
export function isStale(
  row: {
    tenant: { state: TenantState };
    figures: { at: Date } | null;
    policy: { everyMinutes: number; paused: boolean } | null;
  },
  now: Date,
): boolean {
  const { tenant, figures, policy } = row;
  if (tenant.state !== 'connected' || figures === null || policy?.paused) return false;
  return now.getTime() - figures.at.getTime() > targetMs(policy?.everyMinutes ?? usualMinutes);
}
