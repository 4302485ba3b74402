import { z } from 'zod';
import { entityId } from '../input.ts';

/** How often backups may run, in minutes; more often than each hour Microsoft would make us wait. */
export const intervals = [60, 120, 240, 360, 720, 1440] as const;

export const policyInput = z.object({ tenantId: entityId });

export const setPolicyInput = policyInput.extend({
  everyMinutes: z.union(
    intervals.map((minutes) => z.literal(minutes)),
    'Choose how often: every 1, 2, 4, 6, 12 or 24 hours.',
  ),
  paused: z.boolean(),
});
