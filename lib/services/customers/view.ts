import type { ConnectionState, EntraApp, RunState, TenantState } from '#db/enums.ts';
import type { vaults } from '#db/schema/mailboxes.ts';
import type { policies } from '#db/schema/policies.ts';
import type { connections } from '#db/schema/tenants.ts';
import { viewProofs } from '../connect/view.ts';
import { isStale } from '../figures/rules.ts';
import type { FleetRow, sumMailboxes } from '../figures/store.ts';

export interface CustomerRow {
  id: string;
  name: string;
  initials: string;
  state: TenantState;
  connectedAt: Date | null;
  /** How old the figures are; null when nobody has counted yet, and then they are null too. */
  asOf: Date | null;
  /** The figures are older than they should be. */
  stale: boolean;
  /** Neither excluded nor erased. */
  mailboxes: number | null;
  protectedCount: number | null;
  /** Protected or sealed, with a good copy. */
  covered: number | null;
  /** Protected, and the last attempt gave a cause instead of a copy. */
  failing: number | null;
  withGaps: number | null;
  /** The mailbox whose last good backup is the longest ago; null when one has none or none is protected. */
  oldestGoodAt: Date | null;
  newestGoodAt: Date | null;
  storedBytes: number | null;
  rawBytes: number | null;
  /** The longest time between two runs that left good copies, over a month. */
  worstGapMs: number | null;
  /** Items of the month that were listed and not accounted for. */
  unexplainedItems: number | null;
  policy: { name: string; everyMinutes: number; paused: boolean } | null;
  lastRun: { id: string; state: RunState; endedAt: Date | null } | null;
}

export interface ProofView {
  name: string;
  provedAt: Date;
}

export interface ConnectionView {
  app: EntraApp;
  state: ConnectionState;
  proofs: ProofView[];
  verifiedAt: Date | null;
  lostAt: Date | null;
}

/** One customer, added up at the moment. */
export interface CustomerView extends CustomerRow {
  mailboxes: number;
  protectedCount: number;
  covered: number;
  entraTid: string | null;
  connection: { backup: ProofView[]; restore: ProofView[] };
  connections: ConnectionView[];
  policy: { id: string; name: string; everyMinutes: number; paused: boolean } | null;
  figures: {
    lastGoodAt: Date | null;
    covered: number;
    total: number;
    sealed: number;
    items: number;
    /** Protected, never backed up, and nothing says why. */
    unexplained: number;
    storedBytes: number;
    rawBytes: number;
    /** Left at the target; null where it cannot tell or nobody has measured yet. */
    freeBytes: number | null;
    measuredAt: Date | null;
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

export function viewCustomerRow(row: FleetRow, now: Date): CustomerRow {
  const { tenant, figures, policy, lastRun } = row;
  return {
    id: tenant.id,
    name: tenant.name,
    initials: initialsOf(tenant.name),
    state: tenant.state,
    connectedAt: tenant.connectedAt,
    asOf: figures?.at ?? null,
    stale: isStale(row, now),
    mailboxes: figures?.mailboxes ?? null,
    protectedCount: figures?.protected ?? null,
    covered: figures?.covered ?? null,
    failing: figures?.failing ?? null,
    withGaps: figures?.withGaps ?? null,
    oldestGoodAt: figures?.oldestGoodAt ?? null,
    newestGoodAt: figures?.newestGoodAt ?? null,
    storedBytes: figures?.storedBytes ?? null,
    rawBytes: figures?.rawBytes ?? null,
    worstGapMs: figures?.worstGapMs ?? null,
    unexplainedItems: figures?.unexplainedItems ?? null,
    policy,
    lastRun:
      lastRun === null ? null : { id: lastRun.id, state: lastRun.state, endedAt: lastRun.endedAt },
  };
}

export function viewCustomer(
  row: FleetRow,
  links: (typeof connections.$inferSelect)[],
  now: {
    boxes: Awaited<ReturnType<typeof sumMailboxes>>;
    vault: typeof vaults.$inferSelect | undefined;
    policy: typeof policies.$inferSelect | undefined;
    at: Date;
  },
): CustomerView {
  const { boxes, vault, policy } = now;
  const proofs = (app: EntraApp) => {
    const link = links.find((it) => it.app === app && it.state === 'connected');
    return viewProofs(link?.proofs ?? []);
  };
  return {
    ...viewCustomerRow(row, now.at),
    asOf: now.at,
    stale: false,
    mailboxes: boxes.mailboxes,
    protectedCount: boxes.protected,
    covered: boxes.covered,
    failing: boxes.failing,
    withGaps: boxes.withGaps,
    oldestGoodAt: boxes.oldestGoodAt,
    newestGoodAt: boxes.newestGoodAt,
    storedBytes: vault?.storedBytes ?? null,
    rawBytes: boxes.rawBytes,
    entraTid: row.tenant.entraTid,
    connection: { backup: proofs('backup'), restore: proofs('restore') },
    connections: links.map(({ app, state, proofs: proved, verifiedAt, lostAt }) => ({
      ...{ app, state, verifiedAt, lostAt },
      proofs: viewProofs(proved),
    })),
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
      lastGoodAt: boxes.newestGoodAt,
      covered: boxes.covered,
      total: boxes.mailboxes,
      sealed: boxes.sealed,
      items: boxes.items,
      unexplained: boxes.unexplained,
      storedBytes: vault?.storedBytes ?? 0,
      rawBytes: boxes.rawBytes,
      freeBytes: vault?.freeBytes ?? null,
      measuredAt: vault?.measuredAt ?? null,
    },
  };
}
