import type { ServiceContext } from '../context.ts';
import { isWithin } from '../members/rules.ts';
import type { Known } from './store.ts';

/**
 * Are the sessions of this account for whoever asks to see and to end? Those of staff who work here
 * and reach nothing besides what they reach themselves; those of people of customers who work nowhere.
 * @param workplaces for which MSP accounts work
 */
export function isSignedInHere(
  ctx: ServiceContext,
  known: Known,
  workplaces: ReadonlyMap<string, string>,
): boolean {
  const workplace = workplaces.get(known.subject);
  if (!known.isStaff) return workplace === undefined;
  return workplace === ctx.mspId && isWithin(ctx, known.customers);
}
