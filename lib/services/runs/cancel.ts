import type { z } from 'zod';
import type { ServiceContext } from '../context.ts';
import type { runInput } from './input.ts';
import { canCancel } from './rules.ts';
import { steerRun } from './steer.ts';

/** Ends a run early. Finished mailboxes keep their new copy, the others their last one. */
export function cancelRun(ctx: ServiceContext, input: z.input<typeof runInput>): Promise<void> {
  return steerRun(ctx, input, {
    action: 'run.cancel',
    allowed: canCancel,
    state: undefined,
    refusal: 'This run has ended already.',
    tell: (_, run) => ctx.deps.jobs.cancelBackup(run.workflowId),
  });
}
