import { activityInfo } from '@temporalio/activity';
import type { Scope } from '#lib/jobs/contract.ts';
import type { ServiceContext } from '#lib/services/context.ts';

/** What is the same for every activity of a process. */
export type ProcessContext = Pick<ServiceContext, 'db' | 'clock' | 'deps'>;

/** The context of a verb that an activity calls: the story is the actor, in the scope of its input. */
export function forActivity(process: ProcessContext, scope: Scope): ServiceContext {
  const workflowId = activityInfo().workflowExecution?.workflowId ?? 'unknown';
  return { ...process, mspId: scope.mspId, actor: { kind: 'workflow', workflowId } };
}
