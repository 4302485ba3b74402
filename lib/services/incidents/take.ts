import type { z } from 'zod';
import { actorName, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { incidentInput } from './input.ts';
import { noteIncident } from './note.ts';

/**
 * Whoever takes an incident is named beside it, so that two do not mend the same thing.
 * @throws AppError `conflict` where somebody else has it and has not let go of it
 */
export async function takeIncident(
  ctx: ServiceContext,
  input: z.input<typeof incidentInput>,
): Promise<void> {
  await noteIncident(ctx, parse(incidentInput, input), {
    action: 'incident.take',
    change: () => ({ takenBy: actorName(ctx.actor), takenAt: ctx.clock.now() }),
    unlessTaken: { by: actorName(ctx.actor) },
  });
}
