import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { ticketInput } from './input.ts';
import { noteIncident } from './note.ts';

/** The number under which the helpdesk knows an incident; empty takes it away. */
export async function setIncidentTicket(
  ctx: ServiceContext,
  input: z.input<typeof ticketInput>,
): Promise<void> {
  const { tenantId, cause, ticket } = parse(ticketInput, input);
  await noteIncident(
    ctx,
    { tenantId, cause },
    { action: 'incident.ticket', change: () => ({ ticket: ticket === '' ? null : ticket }) },
  );
}
