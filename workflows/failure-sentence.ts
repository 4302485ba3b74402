import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** The sentence an activity failed with, for the row of the story; the details stay in its history. */
export function failureSentence(err: unknown): string {
  let current = err;
  while (current instanceof ActivityFailure || current instanceof ChildWorkflowFailure) {
    current = current.cause;
  }
  if (current instanceof ApplicationFailure && current.type !== 'defect') return current.message;
  return 'A step failed in an unexpected way; the log of the worker says more.';
}
