import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import type { runInput } from './input.ts';
import { canResume } from './rules.ts';
import { steerRun } from './steer.ts';

/** Lets a paused run go on where it stopped. */
export function resumeRun(ctx: ServiceContext, input: z.input<typeof runInput>): Promise<void> {
  return steerRun(ctx, input, {
    action: 'run.resume',
    allowed: canResume,
    state: 'running',
    refusal: 'This run is not paused.',
    tell: (_, run) => ctx.deps.jobs.resumeBackup(run.workflowId),
  });
}
