import { actorName, type ServiceContext } from '../context.ts';
import { isWithin } from '../members/rules.ts';

/** Requests of one key: as many at once, and as many in a second over time. */
export interface Allowance {
  size: number;
  perSecond: number;
}

export function allowanceOf(requestsPerMinute: number): Allowance {
  // A fifth of a minute's worth at once: a page of a list for each of some customers is no flood.
  return { size: Math.max(1, Math.ceil(requestsPerMinute / 5)), perSecond: requestsPerMinute / 60 };
}

/** How long an answer is kept for whoever asks again with the same idempotency key. */
export const answerLifeMs = 24 * 3_600_000;

/** After this long without an answer, whoever was at work on it is taken for dead. */
export const atWorkMs = 60_000;

/** A key that no person made, such as the one of a fresh installation, outlives all people. */
export function byInstallation(createdBy: string): boolean {
  return createdBy === 'system';
}

/**
 * May whoever asks see and end this key? One's own always; of those of others, the ones that reach
 * nothing besides what they reach themselves.
 */
export function isKeyInReach(
  ctx: ServiceContext,
  key: { createdBy: string; customers: readonly string[] | null },
): boolean {
  return key.createdBy === actorName(ctx.actor) || isWithin(ctx, key.customers);
}
