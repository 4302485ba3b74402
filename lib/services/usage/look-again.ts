import type { Day } from '#lib/billing/days.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { observeDay } from './observe-day.ts';
import { daysWithLateCopies, observedOn } from './store.ts';

/**
 * Takes into the ledger what was told late of a customer's days: good copies that were written down
 * after the day was observed. Writes nothing where there are none, and never looks at a day that is not
 * in the ledger yet. What was stored on a day is sampled once and stays.
 */
export async function lookAgain(
  ctx: ServiceContext,
  input: { tenantId: string; days: readonly Day[] },
): Promise<{ changed: Day[] }> {
  requirePermission(ctx, 'backups.run');
  const { tenantId, days } = input;
  const first = days[0];
  if (first === undefined) return { changed: [] };
  const key = { mspId: ctx.mspId, tenantId };
  const late = await withScope(ctx.db, key, async (tx) => {
    const found = await daysWithLateCopies(tx, key, first, days.at(-1)!);
    const known: Day[] = [];
    for (const day of found) {
      if ((await observedOn(tx, ctx.mspId, [tenantId], day)).has(tenantId)) known.push(day);
    }
    return known;
  });
  const changed: Day[] = [];
  for (const day of late) {
    const { added } = await observeDay(ctx, { tenantId, day, copiesOnly: true });
    if (added > 0) changed.push(day);
  }
  return { changed };
}
