import { type Incident, type IncidentKind, incidentKinds, mayWait } from './rules.ts';

/** Where an incident stands among all of them: a page goes on after it, also when it is over by then. */
export interface IncidentPosition {
  kind: IncidentKind;
  mailboxes: number;
  tenantId: string;
  cause: string;
}

interface Place extends IncidentPosition {
  name: string;
}

export function positionOfIncident(incident: Incident): IncidentPosition {
  const { kind, mailboxes, customers, cause } = incident;
  return { kind, mailboxes, tenantId: customers[0]?.id ?? '', cause };
}

export function placeOf(incident: Incident): Place {
  return { ...positionOfIncident(incident), name: incident.customers[0]?.name ?? '' };
}

/**
 * Worst first: what cannot wait, then by kind, then what puts most at risk, then by name. Nothing is
 * left to chance, so that a page begins where the one before it ended.
 */
export function comparePlaces(a: Place, b: Place): number {
  return (
    Number(mayWait(a.kind)) - Number(mayWait(b.kind)) ||
    incidentKinds.indexOf(a.kind) - incidentKinds.indexOf(b.kind) ||
    b.mailboxes - a.mailboxes ||
    a.name.localeCompare(b.name) ||
    compareTexts(a.tenantId, b.tenantId) ||
    compareTexts(a.cause, b.cause)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
