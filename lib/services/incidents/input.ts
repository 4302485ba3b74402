import { z } from 'zod';
import { entityId } from '../input.ts';
import { incidentKinds } from './rules.ts';

const hourMs = 3_600_000;

/** How long an incident may sleep. */
export const snoozes = {
  '1h': hourMs,
  '4h': 4 * hourMs,
  '1d': 24 * hourMs,
  '3d': 3 * 24 * hourMs,
  '7d': 7 * 24 * hourMs,
} as const;
export type Snooze = keyof typeof snoozes;

const cause = z.string().min(1).max(200);

/** `all` that need somebody, those that can wait, and those that were put to sleep. */
export const incidentGroups = ['all', 'wait', 'asleep'] as const;
export type IncidentGroup = (typeof incidentGroups)[number];

export const incidentPageInput = z.object({
  group: z.enum(incidentGroups),
  after: z
    .object({
      kind: z.enum(incidentKinds),
      mailboxes: z.int().min(0),
      tenantId: z.union([entityId, z.literal('')]),
      cause,
    })
    .optional(),
  limit: z.int().min(1).max(100).default(30),
});
export const incidentsInput = z.object({ tenantId: entityId });
export const incidentInput = z.object({ tenantId: entityId, cause });
export const snoozeInput = incidentInput.extend({
  until: z.enum(Object.keys(snoozes) as [Snooze, ...Snooze[]], 'Choose how long it may sleep.'),
  reason: z
    .string()
    .trim()
    .min(3, 'Say why it may wait; whoever comes next reads it.')
    .max(300, 'This reason is too long: 300 characters at most.'),
});
export const ticketInput = incidentInput.extend({
  ticket: z.string().trim().max(100, 'This is too long for a ticket: 100 characters at most.'),
});
