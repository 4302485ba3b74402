import type { z } from 'zod';
import { isAllowed, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { gatherIncidents, groupOf, type NotedIncident } from './gather.ts';
import { incidentPageInput } from './input.ts';
import { comparePlaces, type IncidentPosition, placeOf, positionOfIncident } from './order.ts';

export interface IncidentPage {
  incidents: NotedIncident[];
  /** In the whole group. */
  total: number;
  /** Where the list goes on; null at its end. */
  next: IncidentPosition | null;
}

/** All incidents of a group, worst first, some at a time. */
export async function pageOfIncidents(
  ctx: ServiceContext,
  input: z.input<typeof incidentPageInput>,
): Promise<IncidentPage> {
  requirePermission(ctx, 'customers.read');
  const { group, after, limit } = parse(incidentPageInput, input);
  const gathered = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    gatherIncidents(tx, ctx.mspId, ctx.clock.now(), null, isAllowed(ctx, 'billing.read')),
  );
  const all = gathered.incidents.filter((incident) => groupOf(incident) === group);
  const name = gathered.facts.find(({ id }) => id === after?.tenantId)?.name ?? '';
  const rest =
    after === undefined
      ? all
      : all.filter((incident) => comparePlaces(placeOf(incident), { ...after, name }) > 0);
  const incidents = rest.slice(0, limit);
  const last = rest.length > limit ? incidents.at(-1) : undefined;
  return {
    incidents,
    total: all.length,
    next: last === undefined ? null : positionOfIncident(last),
  };
}
