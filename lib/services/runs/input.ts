import { z } from 'zod';
import { itemOutcomes, runTriggers } from '#db/enums.ts';
import { agePosition, entityId } from '../input.ts';
import { runOutcomes } from './rules.ts';

export const startRunInput = z.object({
  tenantId: entityId,
  /** Only these; every protected mailbox when absent. */
  mailboxIds: z
    .array(entityId)
    .min(1, 'Choose at least one mailbox.')
    .max(1000, 'Choose at most 1,000 mailboxes, or all of them.')
    .optional(),
});

export const runInput = z.object({ tenantId: entityId, runId: entityId });

export const getRunInput = runInput.extend({
  /**
   * `busy`: those that are at work or in trouble, and of the others only their sums. An outcome:
   * those that have items of it. `none`: the sums alone.
   */
  mailboxes: z.enum(['all', 'busy', 'problems', 'none', ...runOutcomes]).default('all'),
});

export const listRunsInput = z.object({
  tenantId: entityId,
  after: agePosition.optional(),
  /** Only those that were under way at some time from then on, and before `until`. */
  from: z.date().optional(),
  until: z.date().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

export const listAllRunsInput = listRunsInput.extend({
  tenantId: entityId.optional(),
  /** `copied` left copies, `stopped` did not; `unexplained` listed items and did not account for them. */
  show: z
    .enum(['all', 'open', 'problems', 'done', 'copied', 'stopped', 'unexplained'])
    .default('all'),
  /** Only those that began since. */
  since: z.date().optional(),
  trigger: z.enum(runTriggers).optional(),
});

export const runItemsInput = z.object({
  tenantId: entityId,
  runId: entityId,
  cause: z.string().min(1).max(100).optional(),
  /** With `cause`: one cause can skip some items and fail others. */
  outcome: z.enum(itemOutcomes).optional(),
  /** Only of this mailbox. */
  mailboxId: entityId.optional(),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type RunItemsWanted = z.output<typeof runItemsInput>;
