import type { RunState, TenantState } from '#db/enums.ts';
import type { policies } from '#db/schema/policies.ts';
import type { connections } from '#db/schema/tenants.ts';
import { viewProofs } from '../connect/view.ts';
import type { TenantSummary } from './store.ts';

export interface CustomerRow {
  id: string;
  name: string;
  initials: string;
  state: TenantState;
  mailboxes: number;
  protectedCount: number;
  /** The mailbox whose last good backup is the longest ago; null when one has none or none is protected. */
  oldestGoodAt: Date | null;
  storedBytes: number;
  lastRun: { id: string; state: RunState; endedAt: Date | null } | null;
}

export interface ProofView {
  name: string;
  provedAt: Date;
}

export interface CustomerView extends CustomerRow {
  entraTid: string | null;
  connection: { backup: ProofView[]; restore: ProofView[] };
  policy: { id: string; name: string; everyMinutes: number; paused: boolean } | null;
  figures: {
    lastGoodAt: Date | null;
    covered: number;
    total: number;
    /** Protected, never backed up, and nothing says why. */
    unexplained: number;
    storedBytes: number;
    rawBytes: number;
  };
}

/** "Contoso" → CO, "Northwind IT" → NI. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters =
    words.length > 1
      ? words.slice(0, 2).map((word) => [...word][0])
      : [...(words[0] ?? name)].slice(0, 2);
  return letters.join('').toUpperCase();
}

export function viewCustomerRow(summary: TenantSummary): CustomerRow {
  return {
    id: summary.tenant.id,
    name: summary.tenant.name,
    initials: initialsOf(summary.tenant.name),
    state: summary.tenant.state,
    mailboxes: summary.total ?? 0,
    protectedCount: summary.protected ?? 0,
    oldestGoodAt: summary.oldestGoodAt,
    storedBytes: summary.storedBytes ?? 0,
    lastRun:
      summary.runId !== null && summary.runState !== null
        ? { id: summary.runId, state: summary.runState, endedAt: summary.runEndedAt }
        : null,
  };
}

export function viewCustomer(
  summary: TenantSummary,
  links: (typeof connections.$inferSelect)[],
  policy: typeof policies.$inferSelect | undefined,
): CustomerView {
  const proofs = (app: 'backup' | 'restore') => {
    const link = links.find((row) => row.app === app && row.state === 'connected');
    return viewProofs(link?.proofs ?? []);
  };
  return {
    ...viewCustomerRow(summary),
    entraTid: summary.tenant.entraTid,
    connection: { backup: proofs('backup'), restore: proofs('restore') },
    policy:
      policy === undefined
        ? null
        : {
            id: policy.id,
            name: policy.name,
            everyMinutes: policy.everyMinutes,
            paused: policy.paused,
          },
    figures: {
      lastGoodAt: summary.lastGoodAt,
      covered: summary.covered ?? 0,
      total: summary.total ?? 0,
      unexplained: summary.unexplained ?? 0,
      storedBytes: summary.storedBytes ?? 0,
      rawBytes: summary.rawBytes ?? 0,
    },
  };
}
