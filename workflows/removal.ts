import { isCancellation, sleep } from '@temporalio/workflow';
import type { Scope } from '#lib/jobs/contract.ts';
import { maintenanceActivities } from './activity-options.ts';

/** The clocks of the server and the worker differ a little, and what is removed must be over by then. */
const marginMs = 60_000;
const againMs = 60 * 60_000;
const triesMax = 48;

/**
 * Waits until what was made of a customer's mail is over, and removes it: mail in clear goes away
 * though nobody reads anything more and no backup may run.
 */
export async function removeWhenOver(scope: Scope, lifeMs: number): Promise<void> {
  await sleep(lifeMs + marginMs);
  await insist(() => maintenanceActivities().dropExpiredExports(scope));
}

/** Tries once an hour for two days: a disk may be away that long. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (err) {
      if (isCancellation(err) || tries === triesMax) throw err;
      await sleep(againMs);
    }
  }
}
