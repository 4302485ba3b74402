import { type Context, heartbeat } from '@temporalio/activity';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { isAppError } from '#lib/core/errors.ts';
import type { Log } from '#lib/core/log.ts';

/** Often enough for the shortest heartbeat time-out in `activity-options.ts`. */
const beatMs = 1_000;

/**
 * Around every activity: heartbeats as long as it runs, so that a worker that dies is noticed and
 * a cancellation arrives; and the one mapping of our errors to Temporal's.
 */
export function activityInterceptors(log: Log): (ctx: Context) => ActivityInterceptors {
  return (ctx) => ({
    inbound: {
      async execute(input, next) {
        const beat = setInterval(() => heartbeat(), beatMs);
        try {
          return await next(input);
        } catch (err) {
          throw toFailure(err, ctx, log);
        } finally {
          clearInterval(beat);
        }
      },
    },
  });
}

/**
 * An AppError keeps its sentence, its code as type, and its own wish when to be tried again. The
 * message of anything else may hold mail or secrets: it is logged here in the worker, and the
 * history is told no more than that there was a defect.
 */
export function toFailure(err: unknown, ctx: Context, log: Log): Error {
  const { activityType, attempt, workflowExecution } = ctx.info;
  const where = { activityType, attempt, workflowId: workflowExecution?.workflowId ?? null };
  if (ctx.cancellationSignal.aborted) {
    // Work that was stopped fails in many ways; that it was stopped is all there is to say. Only
    // a cancellation that somebody asked for ends the story: after a drain another worker goes on.
    if (ctx.cancellationDetails?.cancelRequested === true) return new CancelledFailure('stopped');
    return ApplicationFailure.create({
      message: 'The worker stopped before the step was finished; another one goes on.',
      type: 'worker-stopped',
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  if (err instanceof ApplicationFailure || err instanceof CancelledFailure) return err;
  if (!isAppError(err)) {
    log.error('an activity failed unexpectedly', err, where);
    return ApplicationFailure.retryable('A step failed in an unexpected way.', 'defect');
  }
  const expected = err.code === 'throttled' || err.code === 'conflict';
  if (!expected) log.warn('an activity failed', { ...where, code: err.code, reason: err.message });
  return ApplicationFailure.create({
    message: err.message,
    type: err.code,
    nonRetryable: !err.retryable,
    ...(err.retryAfterMs === undefined ? {} : { nextRetryDelay: err.retryAfterMs }),
    ...(expected ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}
