import type { Transaction } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';
import { connectionsOf, type FleetRow, loadFleet } from '../figures/store.ts';
import { isOpen, mailboxCauseSentence } from '../runs/rules.ts';
import { billingIncidents } from './billing.ts';
import type { IncidentGroup } from './input.ts';
import { comparePlaces, placeOf } from './order.ts';
import {
  type CustomerFacts,
  type Incident,
  isAsleep,
  isOfBilling,
  isOnboarding,
  type LateGroup,
  type Note,
  workOutIncidents,
} from './rules.ts';
import { deadLinks, lateMailboxes, listNotes, recentLeavers, troubledMailboxes } from './store.ts';

/** So long a leaver is news. */
const leaverNewsMs = 7 * 24 * 3_600_000;

export interface NotedIncident extends Incident {
  note: (Note & { takenByName: string | null }) | null;
  /** Put to sleep, and not become worse since. */
  asleep: boolean;
}

export function groupOf({ asleep, canWait }: NotedIncident): IncidentGroup {
  return asleep ? 'asleep' : canWait ? 'wait' : 'all';
}

export interface Gathered {
  rows: FleetRow[];
  links: Awaited<ReturnType<typeof connectionsOf>>;
  facts: CustomerFacts[];
  incidents: NotedIncident[];
  late: LateGroup[];
  /** How many protected mailboxes of a customer never had a good copy. */
  never: Map<string, number>;
  /** Customers whose first copy is going on. */
  onboarding: CustomerFacts[];
}

/** Customers for whom there is something to do now; of the others Tonight says that they are quiet. */
export function busyCustomers(incidents: readonly NotedIncident[]): Set<string> {
  const awake = incidents.filter(({ asleep, kind }) => !asleep && !isOfBilling(kind));
  return new Set(awake.flatMap(({ customers }) => customers.map(({ id }) => id)));
}

/** Customers with protected mailboxes that have no good copy within the target, most first. */
export function outsideTarget({
  rows,
  late,
  never,
}: Gathered): { id: string; name: string; count: number }[] {
  const lateOf = new Map(late.map(({ tenantId, outside }) => [tenantId, outside]));
  return rows
    .flatMap(({ tenant: { id, name }, figures }) => {
      if (figures === null) return [];
      // Where the oldest copy is young enough, only those are outside that never had one.
      const count = lateOf.get(id) ?? never.get(id) ?? 0;
      return count > 0 ? [{ id, name, count }] : [];
    })
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** Reads what incidents are worked out of, for all customers or for one. */
export async function gatherIncidents(
  tx: Transaction,
  mspId: string,
  now: Date,
  tenantId: string | null = null,
  /** What of billing needs somebody as well, for those who may see it. */
  billing = false,
): Promise<Gathered> {
  const [rows, links, troubled, leavers, kept] = await Promise.all([
    loadFleet(tx, mspId, tenantId === null ? null : [tenantId]),
    connectionsOf(tx, mspId, tenantId),
    troubledMailboxes(tx, mspId, tenantId),
    recentLeavers(tx, mspId, addMs(now, -leaverNewsMs), tenantId),
    listNotes(tx, mspId, tenantId),
  ]);
  const approved = new Set(
    links.filter((it) => it.app === 'restore' && it.state === 'connected').map((it) => it.tenantId),
  );
  const lost = new Map(
    links.filter((it) => it.app === 'backup').map((it) => [it.tenantId, it.lostAt]),
  );
  const facts = rows.map((row): CustomerFacts => {
    const { tenant, figures, lastRun } = row;
    return {
      id: tenant.id,
      name: tenant.name,
      state: tenant.state,
      mailboxes: figures?.mailboxes ?? null,
      protectedCount: figures?.protected ?? null,
      newestGoodAt: figures?.newestGoodAt ?? null,
      target: targetMs(row.policy?.everyMinutes ?? usualMinutes),
      paused: row.policy?.paused ?? false,
      lastRun,
      openRun: lastRun !== null && isOpen(lastRun.state) ? lastRun : null,
      lostAt: lost.get(tenant.id) ?? null,
      restoreApproved: approved.has(tenant.id),
      storage:
        figures?.targetKnown && figures.targetPlace !== null
          ? { place: figures.targetPlace, freeBytes: figures.targetFreeBytes }
          : null,
    };
  });
  const oldest = new Map(rows.map(({ tenant, figures }) => [tenant.id, figures?.oldestGoodAt]));
  const cutoffs = facts
    .map((customer) => ({ tenantId: customer.id, before: addMs(now, -customer.target) }))
    .filter(({ tenantId: id, before }) => (oldest.get(id) ?? now) < before);
  const asked = facts
    .filter((it) => it.state === 'connecting' || (it.state === 'connected' && !it.restoreApproved))
    .map(({ id }) => id);
  const [late, dead] = await Promise.all([
    lateMailboxes(tx, mspId, cutoffs),
    deadLinks(tx, mspId, asked, now),
  ]);
  const incidents = workOutIncidents({
    ...{ now, troubled, late, leavers },
    customers: facts,
    deadLinks: dead,
    sentenceOf: (cause) => mailboxCauseSentence(cause, null),
  });
  if (billing) incidents.push(...(await billingIncidents(tx, mspId, now, tenantId)));
  incidents.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
  const notes = new Map(
    kept.map(({ note, takenByName }) => [
      `${note.tenantId} ${note.cause}`,
      { ...note, takenByName },
    ]),
  );
  const never = new Map<string, number>();
  for (const group of troubled)
    never.set(group.tenantId, (never.get(group.tenantId) ?? 0) + group.never);
  return {
    rows,
    never,
    links,
    facts,
    late,
    onboarding: facts.filter(isOnboarding),
    incidents: incidents.map((incident) => {
      // One target holds many customers; what was said to it is kept with each of them.
      const note = notes.get(`${incident.customers[0]?.id} ${incident.cause}`) ?? null;
      return {
        ...incident,
        note,
        asleep: isAsleep(note ?? undefined, incident.mailboxes, now),
      };
    }),
  };
}
