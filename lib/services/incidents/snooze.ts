import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import type { ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { snoozeInput, snoozes } from './input.ts';
import { noteIncident } from './note.ts';

/** Lets an incident sleep for a while and for a reason. When it becomes worse it wakes by itself. */
export async function snoozeIncident(
  ctx: ServiceContext,
  input: z.input<typeof snoozeInput>,
): Promise<void> {
  const { tenantId, cause, until, reason } = parse(snoozeInput, input);
  await noteIncident(
    ctx,
    { tenantId, cause },
    {
      action: 'incident.snooze',
      facts: { for: until },
      change: ({ mailboxes }) => ({
        snoozedUntil: addMs(ctx.clock.now(), snoozes[until]),
        snoozeReason: reason,
        snoozedAt: mailboxes,
      }),
    },
  );
}
