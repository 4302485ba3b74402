import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { incidentInput } from './input.ts';
import { noteIncident } from './note.ts';

/** Gives an incident back: nobody is at it. */
export async function releaseIncident(
  ctx: ServiceContext,
  input: z.input<typeof incidentInput>,
): Promise<void> {
  await noteIncident(ctx, parse(incidentInput, input), {
    action: 'incident.release',
    change: () => ({ takenBy: null, takenAt: null }),
  });
}
