import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { incidentInput } from './input.ts';
import { noteIncident } from './note.ts';

/** Ends the sleep of an incident. */
export async function wakeIncident(
  ctx: ServiceContext,
  input: z.input<typeof incidentInput>,
): Promise<void> {
  await noteIncident(ctx, parse(incidentInput, input), {
    action: 'incident.wake',
    change: () => ({ snoozedUntil: null, snoozeReason: null, snoozedAt: null }),
  });
}
