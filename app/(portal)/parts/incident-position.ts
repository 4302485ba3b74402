import type { IncidentPosition } from '#lib/services/incidents/order.ts';
import { incidentKinds } from '#lib/services/incidents/rules.ts';

/** Where a list of incidents goes on, as it stands in an address: ids, counts and causes. */
export function incidentPositionText({
  kind,
  mailboxes,
  tenantId,
  cause,
}: IncidentPosition): string {
  return [kind, mailboxes, tenantId, cause].join('.');
}

/** Undefined for what is no position: the list then begins at its start. */
export function incidentPositionOf(text: string | undefined): IncidentPosition | undefined {
  const [, name, mailboxes, tenantId, cause] =
    /^([a-z-]+)\.(\d{1,9})\.([0-9a-f-]{36}|)\.(.{1,200})$/.exec(text ?? '') ?? [];
  const kind = incidentKinds.find((known) => known === name);
  if (kind === undefined || tenantId === undefined || cause === undefined) return undefined;
  return { kind, mailboxes: Number(mailboxes), tenantId, cause };
}
