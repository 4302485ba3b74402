import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import type { runInput } from './input.ts';
import { canPause } from './rules.ts';
import { steerRun } from './steer.ts';

/** Holds a run: mailboxes at work stop at the next page, and nothing that was copied is lost. */
export function pauseRun(ctx: ServiceContext, input: z.input<typeof runInput>): Promise<void> {
  return steerRun(ctx, input, {
    action: 'run.pause',
    allowed: canPause,
    state: 'paused',
    refusal: 'This run is not going on, so it cannot be paused.',
    tell: (_, run) => ctx.deps.jobs.pauseBackup(run.workflowId),
  });
}
