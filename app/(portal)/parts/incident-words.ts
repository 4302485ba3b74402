import { type IncidentFacts, incidentBody, incidentTitle } from '#app/_texts/fleet.ts';
import { timeMark } from '#app/_ui/time.tsx';
import { coarse } from '#app/_ui/words.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';

/** An incident as sentences. */
export function incidentWords(incident: NotedIncident, now: Date): { title: string; body: string } {
  const facts: IncidentFacts = {
    kind: incident.kind,
    customer: incident.customers[0]?.name ?? '',
    customers: incident.customers.length,
    mailboxes: incident.mailboxes,
    mailbox: incident.mailbox?.name ?? null,
    reason: incident.reason,
    // Where the moment goes; `TimeIn` puts it there.
    safeUntil: incident.safeUntil === null ? null : timeMark,
    late: incident.since === null ? null : coarse(now.getTime() - incident.since.getTime()),
    free: incident.freeBytes === null ? null : formatBytes(incident.freeBytes),
  };
  return { title: incidentTitle(facts), body: incidentBody(facts) };
}
