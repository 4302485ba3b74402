import { type IncidentFacts, incidentBody, incidentTitle } from '#app/_texts/fleet.ts';
import { coarse, type Words } from '#app/_ui/words.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';

/** An incident as sentences in the viewer's zone. */
export function incidentWords(
  incident: NotedIncident,
  words: Words,
  now: Date,
): { title: string; body: string } {
  const facts: IncidentFacts = {
    kind: incident.kind,
    customer: incident.customers[0]?.name ?? '',
    customers: incident.customers.length,
    mailboxes: incident.mailboxes,
    mailbox: incident.mailbox?.name ?? null,
    reason: incident.reason,
    safeUntil: incident.safeUntil === null ? null : words.short(incident.safeUntil),
    late: incident.since === null ? null : coarse(now.getTime() - incident.since.getTime()),
    free: incident.freeBytes === null ? null : formatBytes(incident.freeBytes),
  };
  return { title: incidentTitle(facts), body: incidentBody(facts) };
}
